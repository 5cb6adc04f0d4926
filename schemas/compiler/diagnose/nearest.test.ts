import { expect, test } from "vitest";
import { nearestName } from "./nearest.ts";

test.each([
  ["a letter that is replaced", "loat", "load"],
  ["two letters that are swapped", "laod", "load"],
  ["a letter that is left out", "Reserv", "Reserve"],
  ["letters of the other case", "LOAD", "load"],
])("%s is a slip of the hand", (_title, wrong, right) => {
  expect(nearestName(wrong, ["total", right])).toBe(right);
});

test("a name that shares few letters is not offered", () => {
  expect(nearestName("rows", ["load", "total"])).toBeUndefined();
});
