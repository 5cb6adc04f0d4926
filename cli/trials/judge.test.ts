import type { ExpectedEnd, TrialAnswer } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { isEqual, judge } from "./judge.ts";

const load = { path: "clean.py", function: "load" };
const mean = { path: "clean.py", function: "mean" };
const call = (target: typeof load, ...given: number[]) => ({
  node: "run.0",
  target,
  arguments: given,
  isStubbed: false,
});

const succeeded: TrialAnswer = {
  id: 0,
  outcome: "succeeded",
  outputs: { total: { $float: "3" }, names: ["a", "b"] },
  calls: [call(load, 1), call(mean, 2), call(load, 3)],
  logs: [
    { node: "run.1", level: "info", text: "begun" },
    { node: "run.1", level: "info", text: "3 rows" },
  ],
  waitsFor: [],
  durationMs: 5,
};
const error = { type: "py\\!ValueError", message: "no rows at all", step: "run.1", trace: "" };
const failed: TrialAnswer = { ...succeeded, outcome: "failed", outputs: {}, error, exitCode: 3 };

const names = {
  find: (word: string) => ({ kind: "target", target: word === "load" ? load : mean }) as const,
  spell: (target: object) => `|${(target as typeof load).function}`,
};

test.each<[string, ExpectedEnd, TrialAnswer, string[]]>([
  ["nothing expected is success", {}, succeeded, []],
  ["a whole number is that of a float", { outputs: { total: 3 } }, succeeded, []],
  ["another value", { outputs: { total: 4 } }, succeeded, ["outputs.total: expected 4, got 3.0"]],
  ["no such output", { outputs: { sum: 4 } }, succeeded, ["outputs.sum: expected 4, got no such output"]],
  [
    "a failure tells its error",
    {},
    failed,
    ["outcome: expected succeeded, got failed at run.1: py\\!ValueError: no rows at all"],
  ],
  ["an error that is expected", { error: { type: error.type, message: "no rows", step: "run.1" } }, failed, []],
  [
    "another error",
    { error: { type: "py\\!KeyError", message: "none" } },
    failed,
    ["error.type: expected py\\!KeyError, got py\\!ValueError", "error.message: expected none, got no rows at all"],
  ],
  ["an error that did not come", { error: {} }, succeeded, ["outcome: expected failed, got succeeded"]],
  ["another exit", { outcome: "failed", exit: 2 }, failed, ["exit: expected 2, got 3"]],
  ["an order with others between", { order: ["load", "load"] }, succeeded, []],
  [
    "another order",
    { order: ["mean", "mean"] },
    succeeded,
    ["order: mean did not begin after mean; steps as they began: |load, |mean, |load"],
  ],
  ["calls by number and by arguments", { calls: { load: [[1], [3]], mean: 1 } }, succeeded, []],
  ["too few calls", { calls: { mean: 2 } }, succeeded, ["calls.mean: expected 2 calls, got 1 call"]],
  ["other arguments", { calls: { mean: [[5]] } }, succeeded, ["calls.mean, the 1.: expected [5], got [2]"]],
  ["lines in order", { logs: ["beg", "rows"] }, succeeded, []],
  [
    "lines in another order",
    { logs: ["rows", "beg"] },
    succeeded,
    ["logs: no line has 'beg' after the one before it\n    begun\n    3 rows"],
  ],
])("%s", (_, expected, answer, problems) => {
  expect(judge(expected, answer, names)).toEqual(problems);
});

test("a large value is shown by the lines that differ", () => {
  const wanted = Array.from({ length: 30 }, (_, index) => `row ${index}`);
  const got = wanted.with(12, "another row");
  const [problem = ""] = judge({ outputs: { rows: wanted } }, { ...succeeded, outputs: { rows: got } }, names);
  expect(problem.split("\n")).toEqual([
    "outputs.rows is another value",
    '        "row 10",',
    '        "row 11",',
    '    -   "row 12",',
    '    +   "another row",',
    '        "row 13",',
    '        "row 14",',
  ]);
});

test("text and numbers stay apart, and the order of keys says nothing", () => {
  expect(isEqual("1", 1)).toBe(false);
  expect(isEqual({ a: 1, b: [{ $float: "2" }] }, { b: [2], a: 1 })).toBe(true);
});
