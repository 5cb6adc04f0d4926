import type { CanonicalValue } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { valueText } from "./value-text.ts";

const cases: readonly [value: CanonicalValue, text: string][] = [
  [{ total: { $float: "25" }, none: null }, '{"total": 25.0, "none": null}'],
  [[1, { $float: "-0" }, { $float: "NaN" }, 2.5], "[1, -0.0, NaN, 2.5]"],
  [{ $int: "9007199254740993" }, "9007199254740993"],
  [{ $bytes: "aMOp" }, "<3 bytes>"],
  [{ $datetime: "2026-01-15T10:30:00Z" }, "2026-01-15T10:30:00Z"],
  [{ $duration: { months: 0, seconds: 1.5 } }, "1.5 s"],
  [{ $duration: { months: 27, seconds: 0 } }, "27 months 0 s"],
  [{ $enum: "io.example>Orders#Quality.Good" }, "#Quality.Good"],
  [{ $range: [1, null] }, "1.."],
  [{ $map: [[1, "one"]] }, '{1: "one"}'],
];

for (const [value, text] of cases) {
  test(`${JSON.stringify(value)} reads ${text}`, () => {
    expect(valueText(value)).toBe(text);
  });
}
