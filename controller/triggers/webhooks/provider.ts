/** A sender of webhooks, as data: how it signs, what it calls an event, by what a delivery is known. */
import type { CanonicalValue } from "@polyglot/contracts";

/** Lower-case names; several of one name are joined as HTTP does. */
export type Headers = Readonly<Record<string, string>>;

export interface SignedRequest {
  readonly headers: Headers;
  /** As it came: what is signed are bytes. */
  readonly body: Uint8Array;
}

/** An HMAC-SHA256 over a beginning and the body. */
export interface HmacScheme {
  readonly kind: "hmac";
  /** Where the signature stands. */
  readonly header: string;
  readonly encoding: "hex" | "base64";
  /** The signatures in the header's value: several during a rotation of the sender. */
  readonly signaturesIn: (value: string) => readonly string[];
  /** What is signed besides the body; undefined where the request lacks it. Absent: nothing is. */
  readonly signed?: (headers: Headers) => SignedBefore | undefined;
  /** The key that a secret's text stands for; absent: the text itself. */
  readonly keyOf?: (secret: string) => Uint8Array;
}

export interface SignedBefore {
  /** What the body follows. */
  readonly before: string;
  /** When it was signed, in seconds since 1970. Absent: the sender signs no time. */
  readonly sentAt?: string;
}

/** The secret itself, in a header: nothing is signed. */
export interface TokenScheme {
  readonly kind: "token";
  readonly header: string;
}

export interface WebhookProvider {
  readonly name: string;
  /** The first one whose header the request has is the one that counts. */
  readonly schemes: readonly (HmacScheme | TokenScheme)[];
  readonly event: (headers: Headers, body: CanonicalValue) => string;
  /** What the sender calls this delivery, the same when it is sent again; undefined where it has no name. */
  readonly delivery: (headers: Headers, body: CanonicalValue) => string | undefined;
  /** What a request that only asks whether somebody is there is answered; undefined for all others. */
  readonly greeting?: (headers: Headers, body: CanonicalValue) => string | undefined;
}

/** The text at a path of names within maps; empty where there is none. */
export function textAt(body: CanonicalValue, ...path: readonly string[]): string {
  let found: unknown = body;
  for (const name of path) {
    const isMap = found !== null && typeof found === "object" && !Array.isArray(found) && Object.hasOwn(found, name);
    found = isMap ? (found as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return typeof found === "string" ? found : "";
}

/** Nothing where the text is empty. */
export const named = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

/** Signatures after a prefix; others do not count. */
export const afterPrefix =
  (prefix: string, separator?: string | RegExp) =>
  (value: string): string[] =>
    (separator === undefined ? [value] : value.split(separator))
      .map((part) => part.trim())
      .filter((part) => part.startsWith(prefix))
      .map((part) => part.slice(prefix.length));
