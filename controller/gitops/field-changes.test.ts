import { expect, test } from "vitest";
import { fieldChanges } from "./field-changes.ts";

const check = (before: Parameters<typeof fieldChanges>[0], after: typeof before) =>
  fieldChanges(before, after).map(
    (change) => `${change.path}: ${JSON.stringify(change.before)} -> ${JSON.stringify(change.after)}`,
  );

test("fields are compared one by one, however deep", () => {
  expect(check({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } })).toEqual(["a.c: 2 -> 3"]);
  expect(check({ list: [{ x: 1 }, { x: 2 }] }, { list: [{ x: 1 }, { x: 4 }] })).toEqual(["list[1].x: 2 -> 4"]);
});

test("a field that comes or goes has one side only", () => {
  expect(check({ a: 1 }, { b: 2 })).toEqual(["a: 1 -> undefined", "b: undefined -> 2"]);
});

test("a list of another length and a value of another kind are one change", () => {
  expect(check({ a: [1] }, { a: [1, 2] })).toEqual(["a: [1] -> [1,2]"]);
  expect(check({ a: { b: 1 } }, { a: null })).toEqual(['a: {"b":1} -> null']);
});

test("what is the same is no change, whatever the order of its fields", () => {
  expect(check({ a: 1, b: [] }, { b: [], a: 1 })).toEqual([]);
});
