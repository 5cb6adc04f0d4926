import type { CanonicalValue } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { valueText } from "./value-text.ts";

const texts: readonly (readonly [CanonicalValue, string])[] = [
  [null, "None"],
  [true, "True"],
  [-1, "-1"],
  ["a", '"a"'],
  [{ $enum: "#LogLevel.Info" }, "#LogLevel.Info"],
  [{ $int: "9007199254740993" }, "9007199254740993"],
  [{ $duration: { months: 0, seconds: 30 } }, "a duration of 30 s"],
  [{ $duration: { months: 12, seconds: 0 } }, "a duration of 12 months"],
  [[1, 2], "[1,2]"],
];

test.each(texts)("%j is shown as %s", (value, text) => {
  expect(valueText(value)).toBe(text);
});
