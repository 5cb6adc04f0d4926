import { expect, test } from "vitest";
import { readText } from "./read-input.ts";

const cases: readonly [type: string, text: string, value: unknown][] = [
  ["pg\\string", "007", "007"],
  ["pg\\int", "-12", -12],
  ["rust\\u64", "18446744073709551615", { $int: "18446744073709551615" }],
  ["pg\\int", "1.5", "1.5"],
  ["pg\\float", "1", { $float: "1" }],
  ["py\\float", "-0.0", { $float: "-0" }],
  ["cpp\\double", "2.5e-1", 0.25],
  ["js\\number", "3", 3],
  ["pg\\bool", "True", true],
  ["pg\\bool", "yes", "yes"],
  ["pg\\bytes", "hé", { $bytes: "aMOp" }],
  ["pg\\bytes", "@picture.png", { $bytes: "cGljdHVyZS5wbmc=" }],
  ["pg\\datetime", "2026-01-15", { $datetime: "2026-01-15T00:00:00Z" }],
  ["js\\Date", "2026-01-15T10:30:00.250+01:00", { $datetime: "2026-01-15T09:30:00.250Z" }],
  ["pg\\duration", "5m", { $duration: { months: 0, seconds: 300 } }],
  ["pg\\range", "1..5", { $range: [1, 5] }],
  ["pg\\range", "..2.5", { $range: [null, 2.5] }],
  ["pg\\list", '[1, "a", null]', [1, "a", null]],
  ["rust\\Vec<f64>", "[1]", [{ $float: "1" }]],
  ["pg\\dict", "{", "{"],
  ["rust\\Option<i64>", "null", null],
  ["rust\\Option<i64>", "4", 4],
  ["pg\\any", '{"a": 1}', { a: 1 }],
  ["pg\\any", "plain words", "plain words"],
];

for (const [type, text, value] of cases) {
  test(`${text} as ${type}`, () => {
    expect(readText(type, text, (path) => Buffer.from(path))).toEqual(value);
  });
}
