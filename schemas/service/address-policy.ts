/**
 * Which addresses the library may connect to. A URL often comes out of data (a webhook's body, a row), so that an
 * address of this host, of its network or of a cloud's metadata service is refused unless the agent's operator has let
 * it; only addresses of the public internet need no word.
 */
import ipaddr from "ipaddr.js";

/** What an operator may let by a word instead of by a network. */
const words: Readonly<Record<string, readonly string[]>> = {
  loopback: ["loopback"],
  private: ["private", "uniqueLocal"],
};
export const networkWords: readonly string[] = Object.keys(words);

/** Credentials of the host are to be had there. Some lie in private or public ranges, so that words do not let them. */
const metadata: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "100.100.100.200",
  "168.63.129.16",
]);

/** Names for people of the ranges of the library `ipaddr.js`. */
const rangeNames: Readonly<Record<string, string>> = {
  loopback: "an address of this host itself",
  private: "a private address",
  uniqueLocal: "a private address",
  linkLocal: "a link-local address",
  carrierGradeNat: "an address of a provider's inner network",
  multicast: "a multicast address",
  broadcast: "a broadcast address",
  unspecified: "an address of this host itself",
};

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** Whether `text` can stand in a list of what is let. */
export const isNetworkName = (text: string): boolean =>
  Object.hasOwn(words, text) || ipaddr.isValidCIDR(text) || ipaddr.isValid(text);

export class AddressPolicy {
  readonly #ranges: ReadonlySet<string>;
  readonly #networks: readonly Network[];

  /** `allow`: words of `networkWords`, addresses and networks (`10.0.0.0/8`). */
  constructor(allow: readonly string[]) {
    this.#ranges = new Set(allow.flatMap((text) => words[text] ?? []));
    this.#networks = allow.filter((text) => !Object.hasOwn(words, text)).map(networkOf);
  }

  /** A socket of this host's file system is as near as its loopback addresses. */
  get allowsThisHost(): boolean {
    return this.#ranges.has("loopback");
  }

  allows(address: string): boolean {
    return this.refusalOf(address) === undefined;
  }

  /** What the address is, for a person; undefined where it may be connected to. */
  refusalOf(address: string): string | undefined {
    const real = reached(address);
    if (this.#networks.some((network) => contains(network, real))) return undefined;
    if (metadata.has(real.toString())) return "an address of a cloud's metadata service";
    const range = real.range();
    if (range === "unicast" || this.#ranges.has(range)) return undefined;
    return rangeNames[range] ?? "a reserved address";
  }
}

function networkOf(text: string): Network {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Where packets end up: an IPv4 address inside of an IPv6 one (mapped, or of a translator) is judged as itself. */
function reached(text: string): Address {
  const address = ipaddr.process(text.replace(/%.*$/, ""));
  if (address.range() !== "rfc6052") return address;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

const contains = ([network, bits]: Network, address: Address): boolean =>
  network.kind() === address.kind() && address.match(network, bits);
