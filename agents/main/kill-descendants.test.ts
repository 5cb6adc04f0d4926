import { expect, test } from "vitest";
import { descendantsOf, readParents } from "./kill-descendants.ts";

test("children of children are found, others are not", () => {
  const parents = new Map([
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 1],
    [6, 2],
  ]);
  expect(new Set(descendantsOf(2, parents))).toEqual(new Set([3, 4, 6]));
});

test("the table of this host knows this process and its parent", () => {
  expect(readParents().get(process.pid)).toBe(process.ppid);
});
