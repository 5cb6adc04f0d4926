/**
 * Reads the JSON text of a language that keeps ints and floats apart (Python writes `1.0` for a float, and ints of any
 * length) into canonical values. `JSON.parse` alone would make one number of `1` and `1.0`.
 *
 * Most text holds no such number, and a scan for them costs a fraction of the parse; only text that may hold one is
 * parsed with a reviver, which is several times slower. The scan may be wrong inside strings: slower, never false.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import { canonicalFloat, canonicalInt } from "./numbers.ts";

const specialNumber = /\.0[,\]}]|\d[eE]\+|[[,:-]\d{16}/;

export function readJson(text: string): unknown {
  return specialNumber.test(text) ? JSON.parse(text, reviveNumber) : JSON.parse(text);
}

/** The third parameter is the proposal "JSON.parse source text access", in V8 since Node 21; its types lag behind. */
function reviveNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return canonicalNumber(value, context.source);
}

function canonicalNumber(value: number, source: string): CanonicalValue {
  if (/[.eE]/.test(source)) return canonicalFloat(value);
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : canonicalInt(BigInt(source));
}
