import { expect, test } from "vitest";
import { parseJson } from "./json.ts";

const float = (digits: string) => ({ $float: digits });

test.each([
  ["1", 1],
  ["1.5", 1.5],
  ["1.0", float("1")],
  ["1.00", float("1")],
  ["0.0", float("0")],
  ["1.050", 1.05],
  ["1e2", float("100")],
  ["1E-2", 0.01],
  ["-0", 0],
  ["-0.0", float("-0")],
  ["-0.5", -0.5],
  ["9007199254740991", 9007199254740991],
  ["9007199254740993", { $int: "9007199254740993" }],
  ["123456789012345.0001", float("123456789012345")],
  ["1.00000000000000000001", float("1")],
  ["1e999", float("Infinity")],
  ['{"$int": 1}', { $map: [["$int", 1]] }],
  ['{"\\u0024x": 1}', { $map: [["$x", 1]] }],
  ['["1.0", "-0", "1e5", "$"]', ["1.0", "-0", "1e5", "$"]],
  [' { "a" : [ 1.0 , 2 ] } ', { a: [float("1"), 2] }],
])("%s is read as %j", (text, expected) => {
  expect(parseJson(text)).toEqual(expected);
  // What is read without care has to be the same beside something that needs it.
  expect(parseJson(`[1.0, ${text}]`)).toEqual([float("1"), expected]);
});
