import { createExecutionId, type PipelineId } from "@polyglot/contracts";
import { type Clock, systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import type { ExecutionLogLine } from "./attempt.ts";
import { at, raised } from "./raised.ts";
import { ObtainedSecrets } from "./obtained-secrets.ts";
import {
  AttemptRecord,
  maxFailedRecords,
  maxItemRecords,
  maxLogCharacters,
  maxLogLines,
  maxProgressSteps,
  maxStepRecords,
} from "./record.ts";

const error = at("run.0", raised("RuntimeError", "boom"));

function createRecord(clock: Clock = systemClock) {
  const lines: ExecutionLogLine[] = [];
  /** Nodes whose cost was told. */
  const measured: string[] = [];
  const attempt = { executionId: createExecutionId(), attemptNo: 1, pipelineId: "a>b#P" as PipelineId, inputs: {} };
  const sink = {
    onLog: (_: unknown, line: ExecutionLogLine) => lines.push(line),
    onStepCost: (_: unknown, node: string) => measured.push(node),
  };
  return { record: new AttemptRecord(attempt, sink, clock, new ObtainedSecrets()), lines, measured };
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

test("of the items of a list the first have their steps kept, of the others the failed ones", () => {
  const { record } = createRecord();
  const late = maxItemRecords;
  record.end(record.begin(`run.0[${late - 1}]/run.0`), "succeeded");
  record.end(record.begin(`run.0[${late}]/run.0`), "succeeded");
  record.end(record.begin(`run.0[0]/run.0[${late}]/run.0`), "cancelled");
  record.end(record.begin(`run.0[${late}]/run.1`), "failed", error);
  expect(record.steps.map(({ node, state }) => `${node} ${state}`)).toEqual([
    `run.0[${late - 1}]/run.0 succeeded`,
    `run.0[${late}]/run.1 failed`,
  ]);
});

test("a record that is full still takes failures, up to a limit of their own", () => {
  const { record } = createRecord();
  for (let step = 0; step <= maxStepRecords; step += 1) record.end(record.begin("run.0"), "succeeded");
  expect(record.steps).toHaveLength(maxStepRecords);
  for (let step = 0; step <= maxFailedRecords; step += 1) record.end(record.begin("run.0"), "failed", error);
  expect(record.steps).toHaveLength(maxStepRecords + maxFailedRecords);
});

test("items of a list are measured as one step", () => {
  const { record, measured } = createRecord();
  record.charge("run.0[12]/run.1[3]/run.0", { cpuTimeMs: 1, memoryPeakMb: 1, durationMs: 1, conversionMs: 1 }, 0);
  expect(measured).toEqual(["run.0[]/run.1[]/run.0"]);
});

test("a measure of a pipeline's own is a step, and a sample that no step's is taken for", () => {
  const { record, measured } = createRecord();
  record.endMeasure(record.begin("wrap.0"), "run.0", "failed");
  expect(measured).toEqual(["record:run.0"]);
  expect(record.steps).toMatchObject([{ node: "wrap.0", state: "failed" }]);
});

test("of lines of progress in one second the first and the last are written", () => {
  const clock = { ...systemClock, monotonic: () => clock.ms, ms: 0 };
  const { record, lines } = createRecord(clock);
  const texts = () => lines.map((line) => line.text);
  for (clock.ms = 0; clock.ms < 2_500; clock.ms += 250) record.noteProgress("run.0", `${clock.ms} ms`);
  expect(texts()).toEqual(["0 ms", "1000 ms", "2000 ms"]);
  record.note("run.1", "info", "after");
  expect(texts()).toEqual(["0 ms", "1000 ms", "2000 ms", "2250 ms", "after"]);
});
