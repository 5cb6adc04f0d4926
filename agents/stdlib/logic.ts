/** `|U.Boolean.`, `|U.Compare.` and ranges. */
import type { CanonicalValue } from "@polyglot/contracts";
import { isEqual, numberOf, orderOf } from "./compare-values.ts";
import { define, Refused } from "./given.ts";
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

export const logic: Functions = { ...booleans, ...comparisons, ...ranges };
