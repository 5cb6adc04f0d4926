import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ExecutionBed, type Run } from "./bed.fixture.ts";
import { bundle, fork, join, js, literal, on, program, py, say, set, text, u, v } from "./conformance/program.ts";
import { raised } from "./raised.ts";

const bed = new ExecutionBed();
/** For user code, which may run as another user. */
const scratch = mkdtempSync(joinPath(tmpdir(), "polyglot-scratch-"));

beforeAll(async () => {
  chmodSync(scratch, 0o777);
  bed.hold(bundle);
  await bed.start();
});
afterAll(async () => {
  await bed.stop();
  rmSync(scratch, { recursive: true });
});

const hanging = program({ run: [py("hang", [])], cleanup: [say("cleanup")] });

test("a cancelled attempt cleans up and says why", async () => {
  const run = bed.run(hanging);
  await run.said("hanging");
  bed.executioner.end(run.attempt.executionId, 1, { kind: "cancelled", reason: "no longer wanted" });
  expect(await run.report).toMatchObject({
    outcome: "cancelled",
    cleanup: "done",
    error: { type: "pg\\!KilledError", message: "no longer wanted" },
    steps: [
      { node: "hang", state: "cancelled" },
      { node: "say", state: "succeeded" },
    ],
  });
});

test("a kill names its own error, and a word for another attempt changes nothing", async () => {
  const run = bed.run(hanging);
  await run.said("hanging");
  bed.executioner.end(run.attempt.executionId, 2, { kind: "cancelled", reason: "of attempt 2" });
  bed.executioner.end(run.attempt.executionId, 1, { kind: "killed", error: raised("KilledError", "by hand") });
  expect(await run.report).toMatchObject({ outcome: "killed", error: { message: "by hand" }, cleanup: "done" });
});

test("a step that was killed for what it used has the cost that was last seen", async () => {
  const run = bed.run(program({ queue: { kill: { memory_bytes: 100 * 2 ** 20 } }, run: [py("hog", [])] }));
  const { cost } = await run.report;
  expect(cost.memoryPeakMb).toBeGreaterThan(100);
  expect(run.costs).toEqual([
    { node: "hog", cost: expect.objectContaining({ memoryPeakMb: cost.memoryPeakMb }) as object },
  ]);
});

test("a lost attempt ends without cleanup", async () => {
  const run = bed.run(hanging);
  await run.said("hanging");
  bed.executioner.loseAll();
  await run.ended;
  expect(await run.report).toMatchObject({ outcome: "lost", cleanup: "abandoned" });
  expect(run.lines.map((line) => line.text)).toEqual(["hanging"]);
});

test("a newer attempt starts when the older one is gone, and an older one does not start", async () => {
  const first = bed.run(hanging);
  await first.said("hanging");
  const { executionId } = first.attempt;
  const second = bed.run(program({ run: [say("second")] }), {}, { executionId, attemptNo: 2 });
  expect(await first.report).toMatchObject({ outcome: "lost" });
  expect(await second.report).toMatchObject({ outcome: "succeeded" });
});

test("an attempt that has run for a while tells what it did and what runs now, and an ended one nothing", async () => {
  const run = bed.run(program({ run: [py("echo", [1], ["x"]), fork("a", [py("hang", [])]), join("all", ["a"])] }));
  await run.said("hanging");
  const told = () =>
    bed.executioner.progress().map(({ attempt, steps, branching }) => ({
      id: attempt.executionId,
      steps: steps.map(({ node, state }) => `${node} ${state}`),
      forks: branching.forks,
    }));
  const steps = ["echo succeeded", "join running", "a running", "hang running"];
  await expect
    .poll(told)
    .toEqual([{ id: run.attempt.executionId, steps: expect.arrayContaining(steps) as string[], forks: 1 }]);
  bed.executioner.end(run.attempt.executionId, 1, { kind: "cancelled", reason: "enough" });
  await run.ended;
  expect(told()).toEqual([]);
});

test("branches are counted, and a join tells how far its branches' ends lay apart", async () => {
  const slow = u("U.Sleep", [{ $duration: { months: 0, seconds: 0.05 } }]);
  const run = bed.run(program({ run: [fork("a", [say("a")]), fork("b", [slow]), join("all", ["a", "b"])] }));
  const { branching, steps } = await run.report;
  const latencyMs = steps.find(({ node }) => node === "join")?.joinLatencyMs ?? 0;
  expect(latencyMs).toBeGreaterThan(0);
  expect(branching).toEqual({ forks: 2, joinLatencyMs: latencyMs });
});

/** The branch that goes on after a run, as an execution of its own. */
async function branchOf(run: Run): Promise<Run> {
  const [branch] = (await run.report).background ?? [];
  if (branch === undefined) throw new Error("no branch goes on");
  return bed.branch(branch.attempt);
}

test("a background branch outlives the run as an execution of its own, in the place of the run until it ends", async () => {
  const plan = program({ run: [fork("bg", [py("hang", [])], { background: true }), say("main")] });
  const run = bed.run(plan);
  expect(await run.report).toMatchObject({ outcome: "succeeded", background: [{ node: "bg" }] });
  const branch = await branchOf(run);
  expect(branch.attempt).toMatchObject({ attemptNo: 1, pipelineId: run.attempt.pipelineId });
  await branch.said("hanging");
  expect(bed.executioner.attempts()).toEqual([branch.attempt]);
  bed.executioner.end(branch.attempt.executionId, 1, { kind: "cancelled", reason: "enough" });
  expect(await branch.report).toMatchObject({ outcome: "cancelled", error: { message: "enough" } });
  await run.ended;
  expect(bed.executioner.running).toBe(0);
});

test("what a branch does is its run's until that ends, and its own from then on, also in the middle of a step", async () => {
  const [released, go] = [joinPath(scratch, "released"), joinPath(scratch, "go")];
  const branchLines = [say("before"), py("wait_for", [released], [], { node: "bg.1" }), say("after")];
  const run = bed.run(program({ run: [fork("bg", branchLines, { background: true }), py("wait_for", [go])] }));
  await run.said(`waiting for ${released}`);
  await run.said(`waiting for ${go}`);
  writeFileSync(go, "");
  const branch = await branchOf(run);
  const told = () => bed.executioner.progress().flatMap(({ steps }) => steps.map(({ node }) => node));
  await expect.poll(told).toEqual(["bg", "bg.1"]);
  writeFileSync(released, "");
  const report = await branch.report;
  await run.ended;
  expect(report).toMatchObject({ outcome: "succeeded", outputs: {}, cleanup: "none" });
  expect(report.steps.map(({ node, state }) => `${node} ${state}`)).toEqual([
    "bg.1 succeeded",
    "say succeeded",
    "bg succeeded",
  ]);
  expect(report.cost.cpuTimeMs).toBeGreaterThan(0);
  expect(branch.lines.map((line) => `${line.sequence} ${line.text}`)).toEqual(["1 there", "2 after"]);
  expect(run.lines.map((line) => line.text)).not.toContain("after");
});

test("a branch that fails after its run is an execution that failed, and the run's outcome stays", async () => {
  const go = joinPath(scratch, "go-on");
  const lines = [py("wait_for", [go]), py("fail", ["ValueError", "late"])];
  const run = bed.run(program({ run: [fork("bg", lines, { background: true }), say("main")] }));
  const branch = await branchOf(run);
  writeFileSync(go, "");
  expect(await run.report).toMatchObject({ outcome: "succeeded" });
  expect(await branch.report).toMatchObject({ outcome: "failed", error: { type: "py\\!ValueError", message: "late" } });
});

test("a branch within a branch goes on as an execution of its own when that one has ended", async () => {
  const [go, last] = [joinPath(scratch, "go-inner"), joinPath(scratch, "last")];
  const inner = fork("inner", [py("wait_for", [last])], { background: true });
  const run = bed.run(program({ run: [fork("outer", [py("wait_for", [go]), inner], { background: true }), say("m")] }));
  const outer = await branchOf(run);
  writeFileSync(go, "");
  const innermost = await branchOf(outer);
  writeFileSync(last, "");
  expect(await innermost.report).toMatchObject({ outcome: "succeeded" });
  await run.ended;
  expect(bed.executioner.running).toBe(0);
});

test("the next attempt begins beside a branch of the one before it", async () => {
  const go = joinPath(scratch, "go-beside");
  const run = bed.run(program({ run: [fork("bg", [py("wait_for", [go])], { background: true }), say("first")] }));
  const branch = await branchOf(run);
  const { executionId } = run.attempt;
  const second = bed.run(program({ run: [say("second")] }), {}, { executionId, attemptNo: 2 });
  expect(await second.report).toMatchObject({ outcome: "succeeded" });
  writeFileSync(go, "");
  expect(await branch.report).toMatchObject({ outcome: "succeeded" });
});

test("a run that is cancelled takes its branches with it, and they become nothing", async () => {
  const run = bed.run(program({ run: [fork("bg", [py("hang", [])], { background: true }), py("hang", [])] }));
  await run.said("hanging");
  bed.executioner.end(run.attempt.executionId, 1, { kind: "cancelled", reason: "enough" });
  const report = await run.report;
  expect(report).toMatchObject({ outcome: "cancelled" });
  expect(report.background).toBeUndefined();
  await run.ended;
});

test("a retry in a handler runs the failed step again until it succeeds, and skips the rest of the handler", async () => {
  const file = joinPath(scratch, "retry");
  const retry = u("U.Error.RetryWithBackoff", [5], [], {
    named: { base_delay: { $duration: { months: 0, seconds: 0.001 } }, strategy: { $enum: "std#RetryStrategy.Fixed" } },
  });
  const run = bed.run(
    program({
      run: [
        py("fail_until", [file, 3], ["calls"], { handlers: [on("py\\!ValueError", [retry, say("never")])] }),
        say(text("{calls} calls")),
      ],
      outputs: ["calls"],
    }),
  );
  expect(await run.report).toMatchObject({ outcome: "succeeded", outputs: { calls: 3 } });
  expect(run.lines.map((line) => line.text)).toEqual(["3 calls"]);
  expect(readFileSync(file, "utf8")).toBe("xxx");
});

test("a temporary folder is there for user code and gone afterwards, and a timer logs how long it all took", async () => {
  const wrappers = [
    { node: "w0", name: "W.Timer", arguments: [], results: [] },
    {
      node: "w1",
      name: "W.System.Directory.Temporary",
      arguments: [],
      results: [{ variable: "folder", type: "pg\\string" }],
    },
  ];
  const steps = [set("file", text("{folder}/x")), py("fail_until", [v("file"), 1], ["calls"])];
  const run = bed.run(program({ wrappers, run: steps, outputs: ["calls", "folder"] }));
  const { outcome, outputs } = await run.report;
  expect([outcome, outputs.calls]).toEqual(["succeeded", 1]);
  expect(existsSync(outputs.folder as string)).toBe(false);
  expect(run.lines.map((line) => line.text)).toEqual([expect.stringMatching(/^took \d+\.\d ms$/)]);
});

test("processes with other variables are other processes, and those with the same are the same", async () => {
  const inFolder = (env: Readonly<Record<string, string>>) => {
    const wrapper = {
      node: "w0",
      name: "W.Runtime.Python.3.11",
      arguments: [{ name: "env", value: literal(env) }],
      results: [],
    };
    return program({ wrappers: [wrapper], run: [py("folder", [], ["folder"])], outputs: ["folder"] });
  };
  const folders: unknown[] = [];
  for (const env of [
    { A: "1", B: "2" },
    { A: "2", B: "2" },
    { B: "2", A: "1" },
  ]) {
    folders.push((await bed.run(inFolder(env)).report).outputs.folder);
  }
  expect(folders[2]).toBe(folders[0]);
  expect(folders[1]).not.toBe(folders[0]);
});

test("steps that ran user code have each a cost, and the execution their sum", async () => {
  const run = bed.run(
    program({ run: [py("echo", [1], ["x"]), js("echo", [v("x")], ["y"]), say("free")] }),
    {},
    { enqueuedAt: 0 },
  );
  const { cost, waitMs, steps } = await run.report;
  expect(run.costs.map(({ node }) => node)).toEqual(["echo", "echo"]);
  const sum = (key: "cpuTimeMs" | "conversionMs") => run.costs.reduce((total, step) => total + step.cost[key], 0);
  expect(cost.cpuTimeMs).toBeCloseTo(sum("cpuTimeMs"));
  expect(cost.conversionMs).toBeCloseTo(sum("conversionMs"));
  expect(cost.memoryPeakMb).toBe(Math.max(...run.costs.map((step) => step.cost.memoryPeakMb)));
  expect(cost.durationMs).toBeGreaterThan(0);
  const waits = steps.filter((step) => step.cost !== undefined).map((step) => [step.waitMs ?? -1, step.durationMs]);
  expect(waits).toHaveLength(2);
  expect(waits.every(([wait = -1, duration = -1]) => wait > 0 && wait <= duration)).toBe(true);
  expect(waitMs).toBeGreaterThan(0);
});
