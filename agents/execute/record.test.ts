import { createExecutionId } from "@polyglot/contracts";
import { systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import type { Attempt, AttemptSink } from "./attempt.ts";
import { at, raised } from "./raised.ts";
import { AttemptRecord, maxFailedRecords, maxItemRecords, maxStepRecords } from "./record.ts";

const attempt: Attempt = {
  executionId: createExecutionId(),
  attemptNo: 1,
  pipelineId: "test.execute#Main" as Attempt["pipelineId"],
  inputs: {},
};
const error = at("run.0", raised("RuntimeError", "boom"));

function createRecord(sink: Partial<AttemptSink> = {}): AttemptRecord {
  return new AttemptRecord(attempt, { onLog: () => {}, onStepCost: () => {}, ...sink }, systemClock);
}

test("of the items of a list the first have their steps kept, of the others the failed ones", () => {
  const record = createRecord();
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
  const record = createRecord();
  for (let step = 0; step <= maxStepRecords; step += 1) record.end(record.begin("run.0"), "succeeded");
  expect(record.steps).toHaveLength(maxStepRecords);
  for (let step = 0; step <= maxFailedRecords; step += 1) record.end(record.begin("run.0"), "failed", error);
  expect(record.steps).toHaveLength(maxStepRecords + maxFailedRecords);
});

test("items of a list are measured as one step", () => {
  const nodes: string[] = [];
  const record = createRecord({ onStepCost: (_, node) => nodes.push(node) });
  record.charge("run.0[12]/run.1[3]/run.0", { cpuTimeMs: 1, memoryPeakMb: 1, durationMs: 1, conversionMs: 1 }, 0);
  expect(nodes).toEqual(["run.0[]/run.1[]/run.0"]);
});

test("of lines of progress in one second the first and the last are written", () => {
  const clock = { ...systemClock, monotonic: () => clock.ms, ms: 0 };
  const texts: string[] = [];
  const sink: AttemptSink = { onLog: (_, line) => texts.push(line.text), onStepCost: () => {} };
  const record = new AttemptRecord(attempt, sink, clock);
  for (clock.ms = 0; clock.ms < 2_500; clock.ms += 250) record.noteProgress("run.0", `${clock.ms} ms`);
  expect(texts).toEqual(["0 ms", "1000 ms", "2000 ms"]);
  record.note("run.1", "info", "after");
  expect(texts).toEqual(["0 ms", "1000 ms", "2000 ms", "2250 ms", "after"]);
});
