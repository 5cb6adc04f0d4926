import { expect, test } from "vitest";
import { checkInputs } from "./check-inputs.ts";

const declared = [
  { name: "path", type: "pg\\string" },
  { name: "limit", type: "pg\\int", default: 100 },
  { name: "tags", type: "cpp\\vector<long>", default: null },
];

const problems = (given: Record<string, never> | object) =>
  checkInputs(declared, given as Record<string, never>).problems.map((problem) => `${problem.code} ${problem.message}`);

test("defaults fill what is left out", () => {
  expect(checkInputs(declared, { path: "a.csv" })).toEqual({
    inputs: { path: "a.csv", limit: 100, tags: null },
    problems: [],
  });
});

test("a missing, an unknown and a misfitting value are each named, all at once", () => {
  expect(problems({ limit: "ten", file: "a" })).toEqual([
    "input/missing input 'path' (pg\\string) has no value and no default",
    "input/type input 'limit' takes pg\\int, got string \"ten\"",
    "input/unknown the pipeline has no input 'file'; it takes 'path', 'limit', 'tags'",
  ]);
});

test("None fits only an input whose default is None", () => {
  expect(problems({ path: null })).toEqual(["input/type input 'path' takes pg\\string, got none null"]);
  expect(problems({ path: "a", tags: null })).toEqual([]);
});

test("elements are checked against the type's argument", () => {
  expect(problems({ path: "a", tags: [1, { $int: "9007199254740993" }] })).toEqual([]);
  expect(problems({ path: "a", tags: [1, "two"] })).toHaveLength(1);
});
