/** Attempts that go on after what one before them committed. Controllers are in memory; runtimes are real. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { createExecutionId, type Plan } from "@polyglot/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttemptReport } from "./attempt.ts";
import { ExecutionBed } from "./bed.fixture.ts";
import { casesOf, localSuites } from "./conformance/every-case.ts";
import { withOwnNodes } from "./conformance/own-nodes.ts";
import {
  bundle,
  callee,
  fork,
  forkCall,
  give,
  join,
  on,
  out,
  program,
  py,
  run as call,
  say,
  set,
  text,
  u,
  v,
} from "./conformance/program.ts";

const bed = new ExecutionBed();
/** For user code, which may run as another user. */
const scratch = mkdtempSync(joinPath(tmpdir(), "polyglot-journal-"));

beforeAll(async () => {
  chmodSync(scratch, 0o777);
  bed.hold(bundle);
  await bed.start();
});
afterAll(async () => {
  await bed.stop();
  rmSync(scratch, { recursive: true });
});

type Parts = Parameters<typeof program>[0];

const durable = (parts: Parts): Plan =>
  withOwnNodes(program({ ...parts, queue: { ...parts.queue, checkpoint: true } }));

/** Attempts of one execution, one after the other. */
function executionOf(plan: Plan) {
  const executionId = createExecutionId();
  let attemptNo = 0;
  const attempt = async () => {
    attemptNo += 1;
    const run = bed.run(plan, {}, { executionId, attemptNo });
    const report = await run.report;
    await run.ended;
    return { ...report, said: run.lines.map((line) => line.text), replayed: nodesOf(report, "replayed") };
  };
  return { executionId, attempt };
}

const nodesOf = ({ steps }: AttemptReport, state: string): string[] =>
  steps.filter((step) => step.state === state).map((step) => step.node);

let files = 0;
const freshFile = (): string => joinPath(scratch, `file-${files++}`);

/** Says its text where it runs. */
const note = (words: string) => py("note", [words]);
/** Fails where it runs for the first time. */
const failsOnce = (results: string[] = []) => py("fail_until", [freshFile(), 2], results);

const ending = ({ outcome, outputs, error, exitCode }: AttemptReport) => ({
  ...{ outcome, outputs, exitCode },
  error: error === undefined ? undefined : [error.type, error.step],
});

test.each(casesOf(localSuites))("replayed: $topic: $title", async ({ plan, inputs }) => {
  const own = withOwnNodes({ ...plan, queue: { ...plan.queue, checkpoint: true } });
  const executionId = createExecutionId();
  const first = await bed.run(own, inputs, { executionId }).report;
  const second = bed.run(own, inputs, { executionId, attemptNo: 2 });
  expect(ending(await second.report)).toEqual(ending(first));
});

test("an attempt after a failure begins at the step that failed", async () => {
  const { attempt } = executionOf(
    durable({
      setup: [note("setup")],
      run: [py("add", [1, 2], ["sum"]), note("first"), failsOnce(["calls"]), note("second")],
      cleanup: [note("cleanup")],
      outputs: ["sum", "calls"],
    }),
  );
  expect(await attempt()).toMatchObject({ outcome: "failed", said: ["setup", "first", "cleanup"] });
  expect(await attempt()).toMatchObject({
    outcome: "succeeded",
    outputs: { sum: 3, calls: 2 },
    said: ["setup", "second", "cleanup"],
    replayed: ["run.0", "run.1"],
  });
});

test("without the setting nothing is committed or read", async () => {
  const before = [bed.checkpoints.reads, bed.checkpoints.saves];
  const { attempt } = executionOf(program({ run: [note("first"), failsOnce()] }));
  expect([(await attempt()).said, (await attempt()).said]).toEqual([["first"], ["first"]]);
  expect([bed.checkpoints.reads, bed.checkpoints.saves]).toEqual(before);
});

test("a first attempt reads nothing, and steps of side by side branches share commits", async () => {
  const before = bed.checkpoints.reads;
  const forks = Array.from({ length: 8 }, (_, index) => forkCall(`f${index}`, note(`${index}`)));
  const plan = durable({
    run: [
      ...forks,
      join(
        "all",
        forks.map((one) => one.node),
      ),
    ],
  });
  const { attempt, executionId } = executionOf(plan);
  expect(await attempt()).toMatchObject({ outcome: "succeeded" });
  expect(bed.checkpoints.reads).toBe(before);
  expect(bed.checkpoints.places(executionId)).toHaveLength(8);
});

test("pure names of the library are computed again, lines of the log are not said again", async () => {
  const { attempt, executionId } = executionOf(
    durable({ run: [u("U.String.Length", ["four"], ["n"]), say("once"), failsOnce(), say(text("{n}"))] }),
  );
  expect(await attempt()).toMatchObject({ outcome: "failed", said: ["once"] });
  expect(bed.checkpoints.places(executionId)).toEqual(["run.1"]);
  expect(await attempt()).toMatchObject({ outcome: "succeeded", said: ["4"] });
});

test("a pipeline that was called is not entered again, one in the middle goes on, with its own setup", async () => {
  const inner = callee({ setup: [note("inner setup")], run: [note("inner")], cleanup: [note("inner cleanup")] });
  const failing = callee({ setup: [note("failing setup")], run: [note("before"), failsOnce()] });
  const { attempt } = executionOf(
    durable({ run: [call("Inner", []), call("Failing", [])], callees: { Inner: inner, Failing: failing } }),
  );
  expect((await attempt()).said).toEqual(["inner setup", "inner", "inner cleanup", "failing setup", "before"]);
  expect(await attempt()).toMatchObject({
    outcome: "succeeded",
    said: ["failing setup"],
    replayed: ["run.0", "run.1/run.0"],
  });
});

test("a step whose error was handled stays failed, and its handler's steps are not run again", async () => {
  const handlers = [on("py\\!ValueError", [note("handler"), set("message", v("e.message"))], "e")];
  const { attempt } = executionOf(
    durable({
      run: [py("fail_until", [freshFile(), 2], ["x"], { handlers }), failsOnce()],
      outputs: ["message", out("x", "none")],
    }),
  );
  expect(await attempt()).toMatchObject({ outcome: "failed", said: ["handler"] });
  expect(await attempt()).toMatchObject({
    outcome: "succeeded",
    said: [],
    outputs: { message: "call 1", x: "none" },
  });
});

test("retries of a handler are not made again, nor waited for", async () => {
  const retry = u("U.Error.RetryWithBackoff", [], [], { named: { max_attempts: 5, base_delay: 0.01 } });
  const handlers = [on("py\\!ValueError", [note("handler"), retry])];
  const { attempt, executionId } = executionOf(
    durable({
      run: [py("fail_until", [freshFile(), 3], ["calls"], { handlers }), failsOnce()],
      outputs: ["calls"],
    }),
  );
  expect(await attempt()).toMatchObject({ outcome: "failed", said: ["handler"] });
  expect(bed.checkpoints.places(executionId)).toEqual(["run.0", "run.0#2", "run.0#3", "run.0.!0.0"]);
  expect(await attempt()).toMatchObject({ outcome: "succeeded", said: [], outputs: { calls: 3 } });
});

test("branches go on each for itself", async () => {
  const { attempt } = executionOf(
    durable({
      run: [
        fork("a", [note("a1"), note("a2")]),
        fork("b", [failsOnce(["calls"]), give("calls")], { outputs: [out("calls")] }),
        join("all", ["a", "b"]),
      ],
      outputs: ["calls"],
    }),
  );
  expect(await attempt()).toMatchObject({ outcome: "failed", said: ["a1", "a2"] });
  expect(await attempt()).toMatchObject({ outcome: "succeeded", said: [], outputs: { calls: 2 } });
});

test("errors of several branches that a join's handler took are not tried again", async () => {
  const handlers = [on("py\\!ValueError", [note("handler")])];
  const { attempt } = executionOf(
    durable({
      run: [
        forkCall("a", failsOnce(["a"])),
        forkCall("b", failsOnce(["b"])),
        join("all", ["a", "b"], { handlers }),
        failsOnce(),
      ],
      outputs: [out("a", "none"), out("b", "none")],
    }),
  );
  expect(await attempt()).toMatchObject({ outcome: "failed", said: ["handler"] });
  expect(await attempt()).toMatchObject({ outcome: "succeeded", said: [], outputs: { a: "none", b: "none" } });
});

test("the branch that won a join wins again, and those that it left do not begin again", async () => {
  const { attempt } = executionOf(
    durable({
      run: [
        fork("slow", [py("hang", [])]),
        fork("quick", [py("add", [1, 1], ["x"]), note("quick")], { outputs: [out("x")] }),
        join("first", ["slow", "quick"], { result: "won" }),
        failsOnce(),
      ],
      outputs: ["won"],
    }),
  );
  const first = await attempt();
  expect(first).toMatchObject({ outcome: "failed" });
  expect(first.said).toContain("quick");
  expect(await attempt()).toMatchObject({ outcome: "succeeded", said: [], outputs: { won: 2 } });
});

test("a background branch is not committed: it begins anew with each attempt", async () => {
  const { attempt, executionId } = executionOf(
    durable({ run: [fork("b", [note("background")], { background: true }), note("front"), failsOnce()] }),
  );
  await attempt();
  expect(bed.checkpoints.places(executionId)).toEqual(["run.1"]);
});

test("an attempt that does not run any more ends without a word", async () => {
  const { attempt, executionId } = executionOf(
    durable({ run: [note("first"), note("second")], cleanup: [note("never")] }),
  );
  bed.checkpoints.stale.add(executionId);
  expect(await attempt()).toMatchObject({ outcome: "lost", said: ["first"] });
});

const approve = (message: string, results: string[] = [], parts: Parameters<typeof u>[3] = {}) =>
  u("U.Approve", [message], results, parts);

test("an attempt that waits for a person cleans up, and the next one goes on with who approved", async () => {
  const plan = withOwnNodes(
    program({
      setup: [note("setup")],
      run: [note("before"), approve("ship it?", ["who"]), note("after")],
      cleanup: [note("cleanup")],
      outputs: ["who"],
    }),
  );
  const { attempt } = executionOf(plan);
  const first = await attempt();
  expect(first).toMatchObject({ outcome: "waiting", waitsFor: ["run.1"], cleanup: "done" });
  expect(first.said).toEqual(["setup", "before", "cleanup"]);
  expect(bed.checkpoints.questions.get("run.1")).toEqual({ place: "run.1", message: "ship it?" });
  bed.checkpoints.decide("run.1", "approved");
  expect(await attempt()).toMatchObject({
    outcome: "succeeded",
    said: ["setup", "after", "cleanup"],
    outputs: { who: "ann" },
  });
});

test.each([
  ["rejected", "pg\\!PermissionError", "rejected by ann: too early"],
  ["expired", "pg\\!TimeoutError", "nobody approved in time"],
] as const)("what was %s fails for good, unless a handler takes it", async (decision, type, message) => {
  const node = `run.${decision === "rejected" ? 0 : 1}`;
  const asks = approve("", [], { named: { timeout: { $duration: { months: 0, seconds: 5 } } } });
  const steps = decision === "rejected" ? [asks] : [set("x", 1), asks];
  const { attempt } = executionOf(withOwnNodes(program({ run: steps })));
  await attempt();
  bed.checkpoints.decide(node, decision, "too early");
  expect(await attempt()).toMatchObject({ outcome: "failed", error: { type, message, isFinal: true } });
});

test("branches that wait let the others end, and all are asked for at once", async () => {
  const { attempt } = executionOf(
    withOwnNodes(
      program({
        run: [
          fork("a", [approve("a?", ["by"]), note("a goes on")]),
          fork("b", [note("b"), approve("b?")]),
          fork("c", [note("c1"), note("c2")]),
          join("all", ["a", "b", "c"]),
        ],
      }),
    ),
  );
  const first = await attempt();
  expect(first).toMatchObject({ outcome: "waiting", waitsFor: ["run.0.0", "run.1.1"] });
  expect(first.said.toSorted()).toEqual(["b", "c1", "c2"]);
  bed.checkpoints.decide("run.0.0", "approved");
  expect(await attempt()).toMatchObject({ outcome: "waiting", waitsFor: ["run.1.1"], said: ["a goes on"] });
  bed.checkpoints.decide("run.1.1", "approved");
  expect(await attempt()).toMatchObject({ outcome: "succeeded", said: [] });
});

test("a race does not wait for a person while another branch can win", async () => {
  const forks = [fork("asks", [approve("?", ["x"])]), fork("runs", [py("add", [1, 1], ["x"])])];
  const outputs = { outputs: [out("x")] };
  const raced = forks.map((one) => ({ ...one, ...outputs }));
  const { attempt } = executionOf(
    withOwnNodes(program({ run: [...raced, join("first", ["asks", "runs"], { result: "won" })], outputs: ["won"] })),
  );
  expect(await attempt()).toMatchObject({ outcome: "succeeded", outputs: { won: 2 } });
});

test("outside of the run phase nobody can be asked", async () => {
  for (const parts of [{ setup: [approve("?")] }, { cleanup: [approve("?")] }]) {
    const report = await bed.run(program(parts)).report;
    const failed = report.steps.find((step) => step.state === "failed");
    expect(failed?.error?.message).toBe("'U.Approve' stands in the run phase, outside of background branches");
  }
});
