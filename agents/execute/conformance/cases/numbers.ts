/** `|U.Math.`: ints stay ints, floats stay floats. */
import type { Case } from "../case.ts";
import { float, gives, refuses } from "../library-case.ts";

const int = (digits: string) => ({ $int: digits });
const max = Number.MAX_SAFE_INTEGER;

export const numbers: readonly Case[] = [
  gives("U.Math.Add", [1, 2], 3),
  gives("U.Math.Add", [1, 2.5], 3.5),
  gives("U.Math.Add", [1.5, 2.5], float("4")),
  gives("U.Math.Add", [max, 1], int("9007199254740992")),
  gives("U.Math.Subtract", [int("9007199254740992"), 1], max),
  gives("U.Math.Subtract", [1, 3], -2),
  gives("U.Math.Subtract", [float("-0"), float("0")], float("-0")),
  gives("U.Math.Multiply", [3, 0.5], 1.5),
  gives("U.Math.Multiply", [max, -max], int("-81129638414606663681390495662081")),
  gives("U.Math.Multiply", [float("-0"), float("3")], float("-0")),
  gives("U.Math.Multiply", [0, float("Infinity")], float("NaN")),
  gives("U.Math.Divide", [4, 2], float("2")),
  gives("U.Math.Divide", [1, 4], 0.25),
  gives("U.Math.Modulo", [-1, 3], 2),
  gives("U.Math.Modulo", [1, -3], -2),
  gives("U.Math.Modulo", [6, 3], 0),
  gives("U.Math.Modulo", [-1.5, 1], 0.5),
  gives("U.Math.Modulo", [int("9007199254740993"), 10], 3),
  gives("U.Math.Min", [2, 1.5], 1.5),
  gives("U.Math.Min", [1, 1.5], 1),
  gives("U.Math.Max", [int("9007199254740993"), float("9007199254740992")], int("9007199254740993")),
  gives("U.Math.Max", [1, float("NaN")], float("NaN")),
  gives("U.Math.Min", [float("NaN"), 1], float("NaN")),
  gives("U.Math.Round", [5], 5),
  gives("U.Math.Round", [int("9007199254740993"), 2], int("9007199254740993")),
  gives("U.Math.Round", [2.5], float("3")),
  gives("U.Math.Round", [-2.5], float("-3")),
  gives("U.Math.Round", [1.005, 2], 1.01),
  gives("U.Math.Round", [1e-7, 3], float("0")),
  gives("U.Math.Round", [float("Infinity")], float("Infinity")),
  refuses("U.Math.Divide", [1, 0], "RuntimeError", "division by zero"),
  refuses("U.Math.Modulo", [1, 0], "RuntimeError", "division by zero"),
  refuses("U.Math.Modulo", [1.5, float("-0")], "RuntimeError", "division by zero"),
  refuses(
    "U.Math.Add",
    [int("9007199254740993"), 0.5],
    "ConversionError",
    "'a' is an int that no float is exactly, and the other one is a float",
  ),
  refuses("U.Math.Add", [1, "2"], "ConversionError", "'b' is to be a number, and is a text"),
  refuses("U.Math.Add", [true, 2], "ConversionError", "'a' is to be a number, and is a boolean"),
  refuses("U.Math.Round", [1.5, 99], "ValidationError", "'digits' is an integer from 0 to 15, got 99"),
];
