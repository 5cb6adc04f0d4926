/** `U.Boolean.`, `U.Compare.`, `U.Math.` and ranges. */
import type { LibraryEntry } from "./entry.ts";
import { done, each } from "./utility.ts";

const booleans: readonly LibraryEntry[] = [
  ...each(
    "Boolean",
    { takes: "a: bool, b: bool", gives: "answer: bool" },
    { And: "Whether both are True.", Or: "Whether one is True, or both are.", Xor: "Whether one of the two is True." },
  ),
  done("Boolean.Not", "The opposite.", { takes: "a: bool", gives: "answer: bool" }),
  ...each("Boolean", { gives: "answer: bool" }, { True: "Always True.", False: "Always False." }),
];

const order = "Numbers, texts, date-times and durations without months have an order.";

const comparisons: readonly LibraryEntry[] = each(
  "Compare",
  { takes: "a: any, b: any", gives: "answer: bool" },
  {
    Equal: "Whether two values are equal: numbers by value, lists and maps element by element.",
    NotEqual: "Whether two values differ.",
    GreaterThan: `Whether the first is greater. ${order}`,
    LessThan: `Whether the first is less. ${order}`,
    GreaterOrEqual: `Whether the first is greater, or equal. ${order}`,
    LessOrEqual: `Whether the first is less, or equal. ${order}`,
  },
);

/** The one type that is int and float. */
const twoNumbers = { takes: "a: js\\number, b: js\\number", gives: "value: js\\number" };

const math: readonly LibraryEntry[] = [
  ...each("Math", twoNumbers, {
    Add: "The sum: an int of two ints, of up to 4,300 digits, else a float.",
    Subtract: "The first less the second: an int of two ints, else a float.",
    Multiply: "The product: an int of two ints, of up to 4,300 digits, else a float.",
  }),
  done("Math.Divide", "The first by the second, as a float; by 0 it is an error.", {
    takes: twoNumbers.takes,
    gives: "value: float",
  }),
  ...each("Math", twoNumbers, {
    Modulo: "What is left of the first by the second, with the sign of the second: an int of two ints, else a float.",
    Min: "The lesser of the two, as it is; NaN where one is NaN.",
    Max: "The greater of the two, as it is; NaN where one is NaN.",
  }),
  done(
    "Math.Round",
    "The number with that many digits after the point, 0 to 15; halves go away from 0. Its kind stays.",
    {
      takes: "a: js\\number, digits?: int",
      gives: "value: js\\number",
    },
  ),
];

const range = { takes: "low: any, high: any", gives: "range: range" };

const ranges: readonly LibraryEntry[] = [
  done("IntRange", "A range for `?>` between two ints; both ends are inside, None is open.", range),
  done("FloatRange", "A range for `?>` between two numbers; both ends are inside, None is open.", range),
];

export const logic: readonly LibraryEntry[] = [...booleans, ...comparisons, ...math, ...ranges];
