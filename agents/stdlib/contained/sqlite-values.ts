/** SQLite's five kinds of values and ours. What it does not have goes as text: date-times in ISO 8601, maps and lists as JSON. */
import { type CanonicalValue, kindOfValue } from "@polyglot/contracts";
import { canonicalFloat, canonicalInt } from "../../convert/numbers.ts";
import { Refused } from "../given.ts";
import { wordOf } from "../tagged.ts";
import { parameterText } from "./parameter-text.ts";
import type { SqliteValue } from "./sqlite-messages.ts";

export function valueOfSqlite(value: SqliteValue): CanonicalValue {
  if (typeof value === "bigint") return canonicalInt(value);
  if (typeof value === "number") return canonicalFloat(value);
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  return value;
}

const maxInteger = 2n ** 63n - 1n;

/** True is 1 and False is 0, as SQLite itself has it. */
export function parameterOfSqlite(value: CanonicalValue, index: number): SqliteValue {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  const digits = wordOf(value, "$int");
  if (digits !== undefined) return integer(BigInt(digits), index);
  const float = wordOf(value, "$float");
  if (float !== undefined) return Number(float);
  const base64 = wordOf(value, "$bytes");
  return base64 === undefined ? parameterText(value, isJson(value), index) : Buffer.from(base64, "base64");
}

function integer(value: bigint, index: number): bigint {
  if (value <= maxInteger && value >= -maxInteger - 1n) return value;
  throw new Refused("ConversionError", `parameter ${index + 1} is an int beyond 64 bits, which SQLite does not have`);
}

const isJson = (value: CanonicalValue): boolean => ["list", "map", "$map"].includes(kindOfValue(value));
