/** What the value of a secret is to a connection: user and password, a password alone, or a token. */
import type { BrokerType, ConnectionType } from "@polyglot/contracts";
import { secretLimits } from "./secret-limits.ts";

export type Credentials =
  | { readonly kind: "password"; readonly user?: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string };

/**
 * A value is the password alone where the URL names the user; else what stands before its first colon is the user. Without
 * one, HTTP takes it as a token, Redis as the password of its default user, and others cannot use it. Messages tell nothing
 * of the value.
 */
export function parseCredentials(
  value: string,
  type: ConnectionType | BrokerType,
  url: string,
): Credentials | { readonly kind: "problem"; readonly message: string } {
  if (URL.canParse(url) && new URL(url).username !== "") return { kind: "password", password: value };
  const colon = value.indexOf(":");
  if (colon > 0) return checked({ kind: "password", user: value.slice(0, colon), password: value.slice(colon + 1) });
  if (type === "http") return { kind: "token", token: value };
  if (type === "redis") return { kind: "password", password: value };
  return { kind: "problem", message: "its value is to be user:password, or the password of a user whom the URL names" };
}

/** A shorter one could not be told from other text, and would be cut out of every log. */
function checked(found: Extract<Credentials, { kind: "password" }>): ReturnType<typeof parseCredentials> {
  const bytes = Buffer.byteLength(found.password);
  if (bytes >= secretLimits.leastBytes) return found;
  return {
    kind: "problem",
    message: `the password in it has at least ${secretLimits.leastBytes} bytes, and this one has ${bytes}`,
  };
}
