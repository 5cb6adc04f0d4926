/** `|U.Boolean.`, `|U.Compare.`, `|U.Math.` and ranges. */
import type { CanonicalValue } from "@polyglot/contracts";
import { canonicalFloat } from "../convert/numbers.ts";
import { isEqual, numberOf, orderOf } from "./compare-values.ts";
import { define, type Given, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";

type Functions = Readonly<Record<string, LibraryFunction>>;

const both = (answer: (a: boolean, b: boolean) => boolean): LibraryFunction =>
  define("a, b", (given) => answer(given.bool("a"), given.bool("b")));

const booleans: Functions = {
  "U.Boolean.And": both((a, b) => a && b),
  "U.Boolean.Or": both((a, b) => a || b),
  "U.Boolean.Xor": both((a, b) => a !== b),
  "U.Boolean.Not": define("a", (given) => !given.bool("a")),
  "U.Boolean.True": define("", () => true),
  "U.Boolean.False": define("", () => false),
};

const ordered = (holds: (order: number) => boolean): LibraryFunction =>
  define("a, b", (given) => {
    const [a, b] = [given.any("a"), given.any("b")];
    const order = orderOf(a, b);
    if (order !== undefined) return holds(order);
    // NaN is a number like any other here: it is neither above nor below.
    if (numberOf(a) !== undefined && numberOf(b) !== undefined) return false;
    throw new Refused("ConversionError", "only numbers, texts, date-times and durations without months have an order");
  });

const comparisons: Functions = {
  "U.Compare.Equal": define("a, b", (given) => isEqual(given.any("a"), given.any("b"))),
  "U.Compare.NotEqual": define("a, b", (given) => !isEqual(given.any("a"), given.any("b"))),
  "U.Compare.GreaterThan": ordered((order) => order > 0),
  "U.Compare.LessThan": ordered((order) => order < 0),
  "U.Compare.GreaterOrEqual": ordered((order) => order >= 0),
  "U.Compare.LessOrEqual": ordered((order) => order <= 0),
};

const calculate = (by: (a: number, b: number) => number): LibraryFunction =>
  define("a, b", (given) => canonicalFloat(by(given.float("a"), given.float("b"))));

const math: Functions = {
  "U.Math.Add": calculate((a, b) => a + b),
  "U.Math.Subtract": calculate((a, b) => a - b),
  "U.Math.Multiply": calculate((a, b) => a * b),
  "U.Math.Divide": calculate((a, b) => a / notZero(b)),
  /** With the sign of the divisor, as in Python. */
  "U.Math.Modulo": calculate((a, b) => a - b * Math.floor(a / notZero(b))),
  "U.Math.Min": calculate(Math.min),
  "U.Math.Max": calculate(Math.max),
  "U.Math.Round": define("a, digits", (given) => canonicalFloat(round(given.float("a"), digitsOf(given)))),
};

function notZero(divisor: number): number {
  if (divisor === 0) throw new Refused("RuntimeError", "division by zero");
  return divisor;
}

const maxDigits = 15;

function digitsOf(given: Given): number {
  const digits = given.has("digits") ? given.int("digits") : 0;
  if (digits >= 0 && digits <= maxDigits) return digits;
  throw new Refused("ValidationError", `'digits' is an integer from 0 to ${maxDigits}, got ${digits}`);
}

/** Halves go away from zero. Shifting by the exponent in text keeps 1.005 from being cut as 1.00499…. */
function round(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  const shifted = Math.round(Number(shift(Math.abs(value), digits)));
  return Math.sign(value) * Number(shift(shifted, -digits));
}

function shift(value: number, by: number): string {
  const [mantissa, exponent = "0"] = String(value).split("e");
  return `${mantissa}e${Number(exponent) + by}`;
}

/** Either end may be None, which is open. */
const range = (isEnd: (value: CanonicalValue) => boolean, what: string): LibraryFunction =>
  define("low, high", (given) => {
    const ends = [given.any("low"), given.any("high")] as const;
    if (ends.every((end) => end === null || isEnd(end))) return { $range: [...ends] };
    throw new Refused("ConversionError", `the ends of a range are ${what} or None`);
  });

const isInteger = (value: CanonicalValue): boolean => Number.isInteger(value) || typeof numberOf(value) === "bigint";

const ranges: Functions = {
  "U.IntRange": range(isInteger, "integers"),
  "U.FloatRange": range((value) => numberOf(value) !== undefined, "numbers"),
};

export const logic: Functions = { ...booleans, ...comparisons, ...math, ...ranges };
