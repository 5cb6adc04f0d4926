import { expect, test } from "vitest";
import { AddressPolicy, isNetworkName } from "./address-policy.ts";

const nobody = new AddressPolicy([]);

test.each(["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])(
  "%s is of the public internet",
  (address) => {
    expect(nobody.refusalOf(address)).toBeUndefined();
  },
);

test.each([
  ["127.0.0.1", "an address of this host itself"],
  ["127.255.0.9", "an address of this host itself"],
  ["0.0.0.0", "an address of this host itself"],
  ["::1", "an address of this host itself"],
  ["::", "an address of this host itself"],
  ["::ffff:127.0.0.1", "an address of this host itself"],
  ["::ffff:7f00:1", "an address of this host itself"],
  ["10.1.2.3", "a private address"],
  ["172.31.255.255", "a private address"],
  ["192.168.0.1", "a private address"],
  ["fd12::1", "a private address"],
  ["64:ff9b::a00:1", "a private address"],
  ["169.254.1.1", "a link-local address"],
  ["fe80::1", "a link-local address"],
  ["fe80::1%eth0", "a link-local address"],
  ["100.64.0.1", "an address of a provider's inner network"],
  ["224.0.0.1", "a multicast address"],
  ["ff02::1", "a multicast address"],
  ["255.255.255.255", "a broadcast address"],
  ["2002:7f00:1::", "a reserved address"],
  ["2001:0:1::", "a reserved address"],
  ["192.0.2.1", "a reserved address"],
  ["240.0.0.1", "a reserved address"],
  ["169.254.169.254", "an address of a cloud's metadata service"],
  ["::ffff:169.254.169.254", "an address of a cloud's metadata service"],
  ["fd00:ec2::254", "an address of a cloud's metadata service"],
  ["100.100.100.200", "an address of a cloud's metadata service"],
  ["168.63.129.16", "an address of a cloud's metadata service"],
])("%s is refused as %s", (address, what) => {
  expect(nobody.refusalOf(address)).toBe(what);
});

test.each([
  ["loopback", "127.0.0.9", true],
  ["loopback", "::1", true],
  ["loopback", "0.0.0.0", false],
  ["loopback", "10.0.0.1", false],
  ["private", "10.0.0.1", true],
  ["private", "fd12::1", true],
  ["private", "127.0.0.1", false],
  ["private", "fd00:ec2::254", false],
  ["10.2.0.0/16", "10.2.3.4", true],
  ["10.2.0.0/16", "::ffff:10.2.3.4", true],
  ["10.2.0.0/16", "10.3.0.1", false],
  ["10.2.3.4", "10.2.3.4", true],
  ["10.2.3.4", "10.2.3.5", false],
  ["fd00::/8", "fd12::1", true],
  ["fd00::/8", "10.0.0.1", false],
  ["169.254.169.254", "169.254.169.254", true],
])("an agent that lets %s, asked for %s: %s", (allowed, address, answer) => {
  expect(new AddressPolicy([allowed]).allows(address)).toBe(answer);
});

test.each([
  ["loopback", true],
  ["10.0.0.0/8", true],
  ["::1", true],
  ["everything", false],
  ["10.0.0.0/33", false],
  ["example.org", false],
  ["", false],
])("'%s' names a network: %s", (text, answer) => {
  expect(isNetworkName(text)).toBe(answer);
});
