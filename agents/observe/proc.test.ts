import { expect, test } from "vitest";
import { parseCpuTimes, parseDisks, parseMemory, parseNetwork } from "./proc.ts";

test("waiting for a disk counts as idle, and guests are not counted twice", () => {
  expect(parseCpuTimes("cpu  10 20 30 400 50 6 7 8 9 9\ncpu0 1 1 1 1\n")).toEqual({ idle: 450, total: 531 });
});

test("memory is given in bytes", () => {
  expect(parseMemory("MemTotal:       100 kB\nMemFree: 1 kB\nMemAvailable:     40 kB\n")).toEqual({
    total: 102_400,
    available: 40_960,
  });
  expect(parseMemory("MemTotal: 100 kB\n")).toBeUndefined();
});

test("the loopback interface is left out of the network's totals", () => {
  const table = [
    "Inter-|   Receive                                                |  Transmit",
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    "    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0",
    "  eth0: 100 2 0 0 0 0 0 0 30 3 0 0 0 0 0 0",
    "  eth1:5 2 0 0 0 0 0 0 7 3 0 0 0 0 0 0",
  ].join("\n");
  expect(parseNetwork(table)).toEqual({ received: 105, sent: 37 });
});

test("disks are counted in bytes, without their partitions and what is layered over them", () => {
  const table = [
    "   8       0 sda 10 0 100 0 5 0 50 0 0 0 0",
    "   8       1 sda1 10 0 100 0 5 0 50 0 0 0 0",
    " 259       0 nvme0n1 10 0 200 0 5 0 20 0 0 0 0",
    " 259       1 nvme0n1p1 10 0 200 0 5 0 20 0 0 0 0",
    " 254       0 dm-0 10 0 999 0 5 0 999 0 0 0 0",
    "   7       0 loop0 10 0 999 0 5 0 999 0 0 0 0",
    " 254       1 vda1 10 0 1 0 5 0 1 0 0 0 0",
    "",
  ].join("\n");
  expect(parseDisks(table)).toEqual({ read: 301 * 512, written: 71 * 512 });
});
