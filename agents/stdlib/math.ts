/** `|U.Math.` Two ints give an int, of any length; where one is a float, the result is. */
import type { CanonicalValue } from "@polyglot/contracts";
import { canonicalFloat, canonicalInt, floatOfInt, isInt } from "../convert/numbers.ts";
import { numberOf } from "./compare-values.ts";
import { define, type Given, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";

type Operand = number | bigint;

interface Operation {
  readonly ints: (a: bigint, b: bigint) => bigint;
  readonly floats: (a: number, b: number) => number;
}

const calculate = ({ ints, floats }: Operation): LibraryFunction =>
  define("a, b", (given) => {
    const [a, b] = [intOf(given, "a"), intOf(given, "b")];
    if (a !== undefined && b !== undefined) return shortInt(ints(a, b));
    return canonicalFloat(floats(floatOf(given, "a"), floatOf(given, "b")));
  });

/** Digits of an int: Python reads no longer ones either. */
const maxDigits = 4300;
const tooLong = 10n ** BigInt(maxDigits);

function shortInt(value: bigint): CanonicalValue {
  if (value < tooLong && value > -tooLong) return canonicalInt(value);
  throw new Refused("RuntimeError", `the result has more than ${maxDigits} digits`);
}

function intOf(given: Given, name: string): bigint | undefined {
  const value = given.number(name);
  return isInt(value) ? BigInt(numberOf(value) as Operand) : undefined;
}

/** An int that no float is exactly would change its value. */
function floatOf(given: Given, name: string): number {
  const value = given.number(name);
  const exact = isInt(value) ? floatOfInt(value) : value;
  if (exact !== undefined) return numberOf(exact) as number;
  throw new Refused("ConversionError", `'${name}' is an int that no float is exactly, and the other one is a float`);
}

/** One of the two as it is, so that nothing is converted; NaN where one is NaN. */
const choose = (isFirst: (a: Operand, b: Operand) => boolean): LibraryFunction =>
  define("a, b", (given) => {
    const [first, second] = [given.number("a"), given.number("b")];
    const [a, b] = [numberOf(first) as Operand, numberOf(second) as Operand];
    if (Number.isNaN(a)) return first;
    if (Number.isNaN(b)) return second;
    return isFirst(a, b) ? first : second;
  });

function divide(given: Given): CanonicalValue {
  const b = floatOf(given, "b");
  return canonicalFloat(floatOf(given, "a") / notZero(b));
}

function notZero<Number extends Operand>(divisor: Number): Number {
  if (divisor == 0) throw new Refused("RuntimeError", "division by zero"); // oxlint-disable-line eqeqeq -- bigint too
  return divisor;
}

/** With the sign of the divisor, as in Python. */
const moduloOfInts = (a: bigint, b: bigint): bigint => ((a % notZero(b)) + b) % b;
const moduloOfFloats = (a: number, b: number): number => a - b * Math.floor(a / notZero(b));

const maxRoundedDigits = 15;

function digitsOf(given: Given): number {
  const digits = given.has("digits") ? given.int("digits") : 0;
  if (digits >= 0 && digits <= maxRoundedDigits) return digits;
  throw new Refused("ValidationError", `'digits' is an integer from 0 to ${maxRoundedDigits}, got ${digits}`);
}

function roundOf(given: Given): CanonicalValue {
  const digits = digitsOf(given);
  const value = given.number("a");
  return isInt(value) ? value : canonicalFloat(round(numberOf(value) as number, digits));
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

export const math: Readonly<Record<string, LibraryFunction>> = {
  "U.Math.Add": calculate({ ints: (a, b) => a + b, floats: (a, b) => a + b }),
  "U.Math.Subtract": calculate({ ints: (a, b) => a - b, floats: (a, b) => a - b }),
  "U.Math.Multiply": calculate({ ints: (a, b) => a * b, floats: (a, b) => a * b }),
  "U.Math.Divide": define("a, b", divide),
  "U.Math.Modulo": calculate({ ints: moduloOfInts, floats: moduloOfFloats }),
  "U.Math.Min": choose((a, b) => a <= b),
  "U.Math.Max": choose((a, b) => a >= b),
  "U.Math.Round": define("a, digits", roundOf),
};
