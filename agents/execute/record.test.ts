import { createExecutionId, type PipelineId } from "@polyglot/contracts";
import { systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import type { ExecutionLogLine } from "./attempt.ts";
import { AttemptRecord, maxLogCharacters, maxLogLines, maxProgressSteps } from "./record.ts";

function createRecord() {
  const lines: ExecutionLogLine[] = [];
  const attempt = { executionId: createExecutionId(), attemptNo: 1, pipelineId: "a>b#P" as PipelineId, inputs: {} };
  const sink = { onLog: (_: unknown, line: ExecutionLogLine) => lines.push(line), onStepCost: () => undefined };
  return { record: new AttemptRecord(attempt, sink, systemClock), lines };
}

test("an attempt that logs too many lines is told so once, and the rest is left out", () => {
  const { record, lines } = createRecord();
  for (let count = 0; count < maxLogLines + 10; count += 1) record.note("n", "info", "x");
  expect(lines).toHaveLength(maxLogLines);
  expect(lines.at(-1)).toMatchObject({ sequence: maxLogLines, level: "warning" });
  expect(lines.at(-1)?.text).toContain("further lines are left out");
});

test("so is one whose lines are too long together", () => {
  const { record, lines } = createRecord();
  const text = "x".repeat(maxLogCharacters / 4);
  for (let count = 0; count < 6; count += 1) record.note("n", "info", text);
  expect(lines.map((line) => line.text.length === text.length)).toEqual([true, true, true, false]);
});

test("progress is bounded: the steps that ended last, and the oldest of those that run", () => {
  const { record } = createRecord();
  for (let index = 0; index < maxProgressSteps + 5; index += 1) record.end(record.begin(`ended.${index}`), "succeeded");
  for (let index = 0; index < maxProgressSteps + 5; index += 1) record.begin(`open.${index}`);
  const { steps } = record.progress();
  expect(steps).toHaveLength(2 * maxProgressSteps);
  expect([steps[0]?.node, steps[maxProgressSteps]?.node]).toEqual(["ended.5", "open.0"]);
  expect(steps.at(-1)?.state).toBe("running");
});
