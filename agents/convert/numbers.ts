/** Ints and floats in their canonical forms. */
import { type CanonicalValue, tagOf } from "@polyglot/contracts";

export const isInt = (value: CanonicalValue): boolean =>
  typeof value === "number" ? Number.isInteger(value) : tagOf(value) === "$int";

export const isFloat = (value: CanonicalValue): boolean =>
  typeof value === "number" ? !Number.isInteger(value) : tagOf(value) === "$float";

/** The one form that this float has: a JSON number where that cannot be taken for an int. */
export function canonicalFloat(value: number): CanonicalValue {
  if (Number.isFinite(value) && !Number.isInteger(value)) return value;
  return { $float: Object.is(value, -0) ? "-0" : String(value) };
}

export function canonicalInt(value: bigint): CanonicalValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $int: String(value) };
}

/** Answers undefined where no float is exactly that int. */
export function floatOfInt(value: CanonicalValue): CanonicalValue | undefined {
  if (typeof value === "number") return canonicalFloat(value);
  const exact = BigInt((value as { $int: string }).$int);
  const float = Number(exact);
  return Number.isFinite(float) && BigInt(float) === exact ? canonicalFloat(float) : undefined;
}
