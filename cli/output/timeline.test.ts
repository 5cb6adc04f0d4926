import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Attempt,
  AttemptSchema,
  type Execution,
  ExecutionSchema,
  MetricsSchema,
  type StepSummary,
  StepSummarySchema,
} from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { drawTimeline } from "./timeline.ts";

const id = "01990a1b-2c3d-7000-8000-000000000001";
const plain = (_state: string, text: string): string => text;

/** Times are milliseconds since the execution was enqueued. */
function step(
  nodeId: string,
  from: number,
  to: number,
  more: { state?: string; cpuTimeMs?: number; waitMs?: number } = {},
): StepSummary {
  const { state = "succeeded", cpuTimeMs, waitMs = 0 } = more;
  const metrics =
    cpuTimeMs === undefined ? {} : { metrics: create(MetricsSchema, { cpuTimeMs, conversionOverheadMs: 0.2, waitMs }) };
  return create(StepSummarySchema, {
    nodeId,
    state,
    startedAt: timestampFromMs(from),
    durationMs: to - from,
    ...metrics,
  });
}

function attempt(attemptNo: number, from: number, to: number, more: Partial<Attempt> = {}): Attempt {
  const { steps = [], outcome = "succeeded", agentId = "builder", error, metrics } = more;
  return create(AttemptSchema, {
    ...{ attemptNo, agentId, outcome, steps },
    claimedAt: timestampFromMs(from),
    startedAt: timestampFromMs(from),
    endedAt: timestampFromMs(to),
    ...(error === undefined ? {} : { error }),
    ...(metrics === undefined ? {} : { metrics }),
  });
}

const execution = (
  state: string,
  attempts: Attempt[],
  more: { attemptNo?: number; startedAt?: number } = {},
): Execution =>
  create(ExecutionSchema, {
    executionId: id,
    pipelineId: "io.example>Orders#Report",
    state,
    attempts,
    attemptNo: more.attemptNo ?? attempts.length,
    maxAttempts: 3,
    agentId: "builder",
    enqueuedAt: timestampFromMs(0),
    ...(more.startedAt === undefined ? {} : { startedAt: timestampFromMs(more.startedAt) }),
  });

const draw = (what: Execution, columns = 80): string =>
  drawTimeline(what, { columns, nowMs: 5_000, paint: plain }).join("\n");

test("steps stand below the step that they belong to, in the order in which they began", () => {
  // As an agent reports them: by their end.
  const steps = [
    step("run.0", 40, 140, { cpuTimeMs: 80 }),
    step("run.2.0/run.0", 150, 200, { cpuTimeMs: 3 }),
    step("run.1.0", 145, 340, { cpuTimeMs: 190, waitMs: 80 }),
    step("run.1", 140, 340),
    step("run.2.0/run.1", 200, 390, { cpuTimeMs: 1.5 }),
    step("run.2.0", 145, 395),
    step("run.2", 140, 395),
    step("run.3", 140, 395),
    step("run.4", 395, 395, { state: "skipped" }),
    step("run.10", 395, 440),
  ];
  expect(draw(execution("succeeded", [attempt(1, 40, 440, { steps })]))).toMatchInlineSnapshot(`
    "01990a1b-2c3d-7000-8000-000000000001  succeeded  io.example>Orders#Report

    attempt 1 of 3 on builder: succeeded after 400 ms
      waited 40 ms
    STEP               TIMELINE            START    TOOK  STATE         CPU  CONVERT
    waiting            ░                           40 ms
    run.0               ████               +0 ms  100 ms  succeeded   80 ms   0.2 ms
    run.1                   ███████      +100 ms  200 ms  succeeded
      run.1.0               ░░░████      +105 ms  195 ms  succeeded  190 ms   0.2 ms
    run.2                   █████████    +100 ms  255 ms  succeeded
      run.2.0               █████████    +105 ms  250 ms  succeeded
        run.2.0/run.0       ██           +110 ms   50 ms  succeeded  3.0 ms   0.2 ms
        run.2.0/run.1         ███████    +160 ms  190 ms  succeeded  1.5 ms   0.2 ms
    run.3                   █████████    +100 ms  255 ms  succeeded
    run.4                            ·   +355 ms          skipped
    run.10                           ██  +355 ms   45 ms  succeeded"
  `);
});

test("attempts stand one after the other, each with its outcome, its error and what it waited", () => {
  const error = { type: "py\\!ValueError", message: `no amount\nin ${"x".repeat(99)}`, trace: "", step: "run.0" };
  const failed = attempt(1, 10, 110, {
    outcome: "failed",
    error: error as Attempt["error"] & object,
    steps: [step("run.0", 10, 100, { state: "failed" })],
  });
  const lost = attempt(2, 1_110, 2_000, { outcome: "lost" });
  const succeeded = attempt(3, 2_100, 2_200, { steps: [step("run.0", 2_100, 2_200)] });
  expect(draw(execution("succeeded", [failed, lost, succeeded]))).toMatchInlineSnapshot(`
    "01990a1b-2c3d-7000-8000-000000000001  succeeded  io.example>Orders#Report

    attempt 1 of 3 on builder: failed after 100 ms
      waited 10 ms
      py\\!ValueError: no amount (run.0)
    STEP     TIMELINE                                           START   TOOK  STATE
    waiting  ░░░░                                                      10 ms
    run.0        █████████████████████████████████████████      +0 ms  90 ms  failed

    attempt 2 of 3 on builder: lost after 890 ms
      waited 1.0 s
      no steps are known of it

    attempt 3 of 3 on builder: succeeded after 100 ms
      waited 100 ms
    STEP     TIMELINE                                       START    TOOK  STATE
    waiting  ░░░░░░░░░░░                                           100 ms
    run.0               ██████████████████████████████████  +0 ms  100 ms  succeeded"
  `);
});

test("a step that was tried again is there twice, its handler below the try that failed", () => {
  const steps = [
    step("run.0", 0, 100, { state: "failed" }),
    step("run.0", 200, 300),
    step("run.0.!0.0", 110, 150),
    step("run.0.!0", 100, 300),
  ];
  const rows = draw(execution("succeeded", [attempt(1, 0, 300, { steps })]))
    .split("\n")
    .slice(5);
  expect(rows.map((row) => row.slice(0, 12).trimEnd())).toEqual(["run.0", "  run.0.!0", "    run.0.!0", "run.0"]);
});

test("an execution that has not ended says how long it waits or runs", () => {
  expect(draw(execution("waiting", []))).toMatchInlineSnapshot(`
    "01990a1b-2c3d-7000-8000-000000000001  waiting  io.example>Orders#Report

    attempt 1 of 3: waiting for 5.0 s"
  `);
  expect(draw(execution("running", [], { attemptNo: 1, startedAt: 3_000 }))).toMatchInlineSnapshot(`
    "01990a1b-2c3d-7000-8000-000000000001  running  io.example>Orders#Report

    attempt 1 of 3 on builder: running for 2.0 s
    its steps are not known yet; \`polyglot logs -f\` shows what it prints"
  `);
});

test("the steps of a running attempt are drawn up to now, those that go on included", () => {
  const steps = [
    step("run.0", 3_000, 3_500, { cpuTimeMs: 80 }),
    step("run.1", 3_500, 4_000, { state: "running" }),
    step("run.1/run.0", 3_600, 4_000, { state: "running" }),
  ];
  const running = { ...execution("running", [], { attemptNo: 1, startedAt: 3_000 }), steps };
  expect(draw(running)).toMatchInlineSnapshot(`
    "01990a1b-2c3d-7000-8000-000000000001  running  io.example>Orders#Report

    attempt 1 of 3 on builder: running for 2.0 s
      waited 3.0 s
    STEP           TIMELINE                 START    TOOK  STATE        CPU  CONVERT
    waiting        ░░░░░                            3.0 s
    run.0               ████                +0 ms  500 ms  succeeded  80 ms   0.2 ms
    run.1                   ████████████  +500 ms   1.5 s  running
      run.1/run.0            ███████████  +600 ms   1.4 s  running"
  `);
});

test.each([40, 80, 81, 100, 132, 200])("no line is longer than a terminal of %i columns, or 80", (columns) => {
  const deep = `run.10.0${"/run.12.!0.3".repeat(9)}`;
  const ids = [deep, ...[...deep.matchAll(/[./]/g)].map(({ index }) => deep.slice(0, index))].filter((node) =>
    /\d$/.test(node),
  );
  const steps = ids.map((node) => step(node, 100_000, 100_000_000, { state: "cancelled", cpuTimeMs: 900_000 }));
  const long = attempt(1, 99_000, 200_000_000, { steps, agentId: "a".repeat(63), outcome: "cancelled" });
  const drawn = draw({ ...execution("dead_lettered", [long]), pipelineId: `${"n".repeat(90)}#P` }, columns).split("\n");
  expect(drawn.length).toBe(ids.length + 6);
  expect(Math.max(...drawn.map((line) => line.length))).toBe(Math.max(columns, 80));
});

test("branches and the latency of joins stand on a line of their own", () => {
  const metrics = create(MetricsSchema, { cpuTimeMs: 900_000, memoryPeakMb: 12_345.6, forks: 2, joinLatencyMs: 3_700 });
  const lines = draw(execution("succeeded", [attempt(1, 0, 100, { metrics })])).split("\n");
  expect(lines.slice(3, 5)).toEqual([
    "  waited 0.0 ms, CPU 15m0s, conversion 0.0 ms, memory peak 12345.6 MB",
    "  branches 2, join latency 3.7 s",
  ]);
});

test("only states and bars are painted, and paint changes no width", () => {
  const what = execution("failed", [
    attempt(1, 5, 100, { outcome: "failed", steps: [step("run.0", 5, 100, { cpuTimeMs: 1 })] }),
  ]);
  const paint = (state: string, text: string): string => `<${state}>${text}</>`;
  const painted = drawTimeline(what, { columns: 80, nowMs: 0, paint }).join("\n");
  expect(
    painted
      .replaceAll(/<.*?>/g, "")
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n"),
  ).toBe(draw(what));
  expect(painted).toContain("<succeeded>succeeded</>");
  expect(painted).toContain("<waiting>░</>");
});
