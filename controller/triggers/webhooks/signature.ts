/** Whether a request was signed by somebody who has one of the secrets, lately. Pure. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { HmacScheme, SignedRequest, TokenScheme, WebhookProvider } from "./provider.ts";

/** How far the sender's clock and ours may be apart, with the way included. */
export const toleranceMs = 300_000;

/** Signatures of one header that are looked at: a rotation needs two. */
const mostSignatures = 8;

export type SignatureVerdict = "good" | "absent" | "bad" | "stale";

export function verifySignature(
  { schemes }: Pick<WebhookProvider, "schemes">,
  request: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
): SignatureVerdict {
  const scheme = schemes.find(({ header }) => request.headers[header] !== undefined);
  if (scheme === undefined) return "absent";
  return scheme.kind === "token" ? verifyToken(scheme, request, secrets) : verifyHmac(scheme, request, secrets, nowMs);
}

function verifyToken(
  { header }: TokenScheme,
  { headers }: SignedRequest,
  secrets: readonly string[],
): SignatureVerdict {
  return isOneOf(headers[header] ?? "", secrets) ? "good" : "bad";
}

/** Compared by digests: the time that it takes tells nothing, of lengths neither. */
export function isOneOf(given: string, secrets: readonly string[]): boolean {
  const digest = digestOf(given);
  return secrets.filter((secret) => timingSafeEqual(digest, digestOf(secret))).length > 0;
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

function verifyHmac(
  scheme: HmacScheme,
  request: SignedRequest,
  secrets: readonly string[],
  nowMs: number,
): SignatureVerdict {
  const { headers, body } = request;
  const signed = scheme.signed === undefined ? { before: "" } : scheme.signed(headers);
  if (signed === undefined) return "bad";
  const given = scheme.signaturesIn(headers[scheme.header] ?? "").slice(0, mostSignatures);
  const expected = secrets.map((secret) =>
    createHmac("sha256", scheme.keyOf?.(secret) ?? secret)
      .update(signed.before)
      .update(body)
      .digest(),
  );
  const isSigned = given.some((text) => expected.some((bytes) => isSame(Buffer.from(text, scheme.encoding), bytes)));
  if (!isSigned) return "bad";
  // After the signature: nobody else learns what time it is here.
  return signed.sentAt === undefined || isFresh(signed.sentAt, nowMs) ? "good" : "stale";
}

const isSame = (given: Uint8Array, expected: Uint8Array): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected);

const isFresh = (seconds: string, nowMs: number): boolean =>
  /^\d{1,12}$/.test(seconds) && Math.abs(nowMs - Number(seconds) * 1_000) <= toleranceMs;
