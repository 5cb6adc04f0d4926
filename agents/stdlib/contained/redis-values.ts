/** Redis knows bytes, integers, lists and nothing; bytes that are UTF-8 are text here. */
import type { CanonicalValue } from "@polyglot/contracts";
import { canonicalInt } from "../../convert/numbers.ts";
import { describeKind } from "../../convert/describe.ts";
import { Refused } from "../given.ts";
import { wordOf } from "../tagged.ts";

/** Integers come as text, texts as bytes. */
export type RedisReply = Buffer | string | null | Error | readonly RedisReply[];

export function argumentOfRedis(value: CanonicalValue, index: number): string | Buffer {
  if (typeof value === "string") return value;
  const base64 = wordOf(value, "$bytes");
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  const digits = typeof value === "number" ? String(value) : (wordOf(value, "$int") ?? wordOf(value, "$float"));
  if (digits !== undefined) return digits;
  throw new Refused(
    "ConversionError",
    `parameter ${index + 1} is ${describeKind(value)}; Redis takes text, bytes and numbers`,
  );
}

/** A list as it is, one value as a list of one, nothing as an empty list. */
export function listOfReply(reply: RedisReply): CanonicalValue[] {
  if (reply === null) return [];
  return Array.isArray(reply) ? reply.map(valueOfReply) : [valueOfReply(reply)];
}

function valueOfReply(reply: RedisReply): CanonicalValue {
  if (reply === null) return null;
  if (typeof reply === "string") return canonicalInt(BigInt(reply));
  if (Buffer.isBuffer(reply)) return textOrBytes(reply);
  if (reply instanceof Error) return `error: ${reply.message}`;
  return reply.map(valueOfReply);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOrBytes(bytes: Buffer): CanonicalValue {
  try {
    return decoder.decode(bytes);
  } catch {
    return { $bytes: bytes.toString("base64") };
  }
}

/** The number that Redis answers; else how many things: 0 for nothing, 1 for `OK` or another text, a list's length. */
export function countOfReply(reply: RedisReply): CanonicalValue {
  if (reply === null) return 0;
  if (typeof reply === "string") return canonicalInt(BigInt(reply));
  return Array.isArray(reply) ? reply.length : 1;
}

export function sizeOfReply(reply: RedisReply): number {
  if (reply === null || reply instanceof Error) return 0;
  if (typeof reply === "string" || Buffer.isBuffer(reply)) return reply.length;
  return reply.reduce((sum, inner) => sum + sizeOfReply(inner), 0);
}
