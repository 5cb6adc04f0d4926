import { createExecutionId, type PipelineId } from "@polyglot/contracts";
import { expect, test } from "vitest";
import type { Attempt, AttemptReport } from "../execute/attempt.ts";
import { resultOf } from "./messages.ts";

const attempt: Attempt = {
  executionId: createExecutionId(),
  attemptNo: 2,
  pipelineId: "a>b#P" as PipelineId,
  inputs: {},
};

const report: AttemptReport = {
  outcome: "succeeded",
  outputs: {},
  cleanup: "done",
  steps: [],
  cost: { cpuTimeMs: 1, memoryPeakMb: 2, durationMs: 3, conversionMs: 4 },
  waitMs: 5,
  startedAt: 1_000,
  endedAt: 2_500,
};

test("a report becomes the result of its attempt", () => {
  const result = resultOf(attempt, { ...report, outputs: { a: [1, "é"] }, exitCode: 0 });
  expect(result).toMatchObject({
    executionId: attempt.executionId,
    attemptNo: 2,
    outcome: "succeeded",
    cleanup: "done",
    exitCode: 0,
    metrics: { cpuTimeMs: 1, memoryPeakMb: 2, durationMs: 3, conversionOverheadMs: 4, waitMs: 5 },
    startedAt: { seconds: 1n, nanos: 0 },
    endedAt: { seconds: 2n, nanos: 500_000_000 },
  });
  expect(Buffer.from(result.outputs).toString()).toBe('{"a":[1,"é"]}');
});

test("outputs that no message can carry are the attempt's failure, and say what to do", () => {
  const result = resultOf(attempt, { ...report, outputs: { a: "x".repeat(33 * 1024 * 1024) } });
  expect(result).toMatchObject({ outcome: "failed", error: { type: "pg\\!ResourceError" } });
  expect(result.error?.message).toContain("write large data to a file");
  expect(Buffer.from(result.outputs).toString()).toBe("{}");
});

test("of a very long error the beginning of the message and the end of the trace are kept", () => {
  const error = {
    type: "py\\!E",
    lineage: [],
    message: `m${"x".repeat(1e6)}`,
    trace: `${"x".repeat(1e6)}t`,
    step: "s",
  };
  const step = { node: "s", state: "failed", startedAt: 0, durationMs: 1, error } as const;
  const result = resultOf(attempt, { ...report, outcome: "failed", error, steps: [step] });
  expect([result.error?.message.length, result.error?.trace.length]).toEqual([65_536, 65_536]);
  expect([result.error?.message[0], result.error?.trace.at(-1)]).toEqual(["m", "t"]);
  expect(result.steps[0]?.error?.trace.length).toBe(1024);
});
