import { expect, it } from "vitest";
import { compareVersions, isVersionOf } from "./version.ts";

it("versions compare by number, not by text", () => {
  expect(["3.9.18", "3.13.0", "3.10.1"].sort(compareVersions)).toEqual(["3.9.18", "3.10.1", "3.13.0"]);
});

it.each([
  ["3.11.7", "3.11", true],
  ["3.11.7", "3.11.7", true],
  ["20.20.2", "20", true],
  ["3.11.7", "3.1", false],
  ["3.11.7", "3.110", false],
])("%s is one of %s: %s", (version, wanted, expected) => {
  expect(isVersionOf(version, wanted)).toBe(expected);
});
