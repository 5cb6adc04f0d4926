/**
 * Sockets that connect to allowed addresses only. A name is resolved once, by the connection itself, and the connection
 * goes to an address that was judged: there is no second look at the name in which it could mean something else.
 */
import { lookup, type LookupAddress, type LookupAllOptions } from "node:dns";
import { isIP, type LookupFunction, Socket } from "node:net";
import { AddressPolicy } from "./address-policy.ts";

type Resolve = (
  host: string,
  options: LookupAllOptions,
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** The policy does not let it: trying again does not help. */
export class AddressRefused extends Error {
  /** `allow`: what would let it. */
  constructor(host: string, what: string, allow: string) {
    const lets = `only if the operator lets it, as with --allow-network ${allow}`;
    super(`${host} is ${what}, and is connected to ${lets}`);
  }
}

/** Throws for an address, or a path of a socket, that is refused; a name is left to the lookup. */
export function checkHost(host: string, policy: AddressPolicy): void {
  if (host.startsWith("/") && !policy.allowsThisHost)
    throw new AddressRefused(`'${host}'`, "a socket of this host itself", "loopback");
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  const refusal = isIP(bare) === 0 ? undefined : policy.refusalOf(bare);
  if (refusal !== undefined) throw new AddressRefused(`'${bare}'`, refusal, bare);
}

/** Answers with the allowed ones of a name's addresses. `resolve` is the system's. */
export function guardedLookup(policy: AddressPolicy, resolve: Resolve = lookup): LookupFunction {
  return (host, options, answer) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return answer(error, []);
      const allowed = addresses.filter(({ address }) => policy.allows(address));
      const [first] = allowed;
      if (first === undefined) return answer(refusalOf(host, addresses, policy), []);
      if (options.all) return answer(null, allowed);
      return answer(null, first.address, first.family);
    });
  };
}

function refusalOf(host: string, [first]: readonly LookupAddress[], policy: AddressPolicy): AddressRefused {
  const { address } = first ?? { address: "" };
  return new AddressRefused(`'${host}' (${address})`, policy.refusalOf(address) ?? "without an address", address);
}

/** For clients that are given a socket and tell it where to connect to by themselves. */
export class GuardedSocket extends Socket {
  readonly #policy: AddressPolicy;

  constructor(policy: AddressPolicy) {
    super();
    this.#policy = policy;
  }

  /** A port and a host, or the path of a socket. */
  connectTo(port: number | string, host?: string): this {
    try {
      checkHost(typeof port === "string" ? port : (host ?? "localhost"), this.#policy);
    } catch (error) {
      process.nextTick(() => this.destroy(error as Error));
      return this;
    }
    if (typeof port === "string") return super.connect(port);
    return super.connect({ port, host: host ?? "localhost", lookup: guardedLookup(this.#policy) });
  }
}
