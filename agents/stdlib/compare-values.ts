/** Equality and order of values, as `?>` and `|U.Compare` have them. */
import { type CanonicalValue, canonicalJson, tagOf } from "@polyglot/contracts";
import { nanosecondsOf } from "./instant.ts";
import { contentOf, wordOf } from "./tagged.ts";

/** JavaScript compares a bigint and a number by their exact values. */
export function numberOf(value: CanonicalValue): number | bigint | undefined {
  if (typeof value === "number") return value;
  const integer = wordOf(value, "$int");
  if (integer !== undefined) return BigInt(integer);
  const float = wordOf(value, "$float");
  return float === undefined ? undefined : Number(float);
}

/** Numbers by value, so that `1` equals `1.0`; lists and maps element by element; all else by its canonical form. */
export function isEqual(left: CanonicalValue, right: CanonicalValue): boolean {
  if (left === right) return true;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a == b; // oxlint-disable-line eqeqeq -- bigint against number
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index] as CanonicalValue));
  }
  if (isPlainMap(left) && isPlainMap(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every(
        (key) => Object.hasOwn(right, key) && isEqual(left[key] as CanonicalValue, right[key] as CanonicalValue),
      )
    );
  }
  return canonicalJson(left) === canonicalJson(right);
}

type PlainMap = { readonly [key: string]: CanonicalValue };

const isPlainMap = (value: CanonicalValue): value is PlainMap =>
  value !== null && typeof value === "object" && !Array.isArray(value) && tagOf(value) === undefined;

/** Negative, 0 or positive; undefined where the two have no order. NaN has none. */
export function orderOf(left: CanonicalValue, right: CanonicalValue): number | undefined {
  const [a, b] = [rankOf(left), rankOf(right)];
  if (a === undefined || b === undefined || a.kind !== b.kind) return undefined;
  if (a.rank < b.rank) return -1;
  if (a.rank > b.rank) return 1;
  return a.rank == b.rank ? 0 : undefined; // oxlint-disable-line eqeqeq -- bigint against number
}

type Rank = { readonly kind: string; readonly rank: number | bigint | string };

function rankOf(value: CanonicalValue): Rank | undefined {
  if (typeof value === "string") return { kind: "text", rank: value };
  const number = numberOf(value);
  if (number !== undefined) return { kind: "number", rank: number };
  const instant = wordOf(value, "$datetime");
  if (instant !== undefined) return { kind: "datetime", rank: nanosecondsOf(instant) };
  const duration = contentOf(value, "$duration") as { months: number; seconds: number } | undefined;
  return duration?.months === 0 ? { kind: "duration", rank: duration.seconds } : undefined;
}

type Range = readonly [CanonicalValue, CanonicalValue];

export const rangeOf = (value: CanonicalValue): Range | undefined => contentOf(value, "$range") as Range | undefined;

/** Both ends inside; None is open. Only numbers lie in ranges. */
export function isInside(value: CanonicalValue, [low, high]: Range): boolean {
  const number = numberOf(value);
  if (number === undefined) return false;
  const above = low === null || number >= (numberOf(low) ?? Number.NaN);
  const below = high === null || number <= (numberOf(high) ?? Number.NaN);
  return above && below;
}
