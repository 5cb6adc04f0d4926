/** Ints and floats in their canonical forms. */
import { canonicalFloat, type CanonicalValue, tagOf } from "@polyglot/contracts";

export { canonicalFloat, canonicalInt } from "@polyglot/contracts";

export const isInt = (value: CanonicalValue): boolean =>
  typeof value === "number" ? Number.isInteger(value) : tagOf(value) === "$int";

export const isFloat = (value: CanonicalValue): boolean =>
  typeof value === "number" ? !Number.isInteger(value) : tagOf(value) === "$float";

/** Answers undefined where no float is exactly that int. */
export function floatOfInt(value: CanonicalValue): CanonicalValue | undefined {
  if (typeof value === "number") return canonicalFloat(value);
  const exact = BigInt((value as { $int: string }).$int);
  const float = Number(exact);
  return Number.isFinite(float) && BigInt(float) === exact ? canonicalFloat(float) : undefined;
}
