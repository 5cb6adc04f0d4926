/** Executions that go on after what one of their attempts committed: people, crashes, replays. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOutcome } from "@polyglot/contracts";
import type { Execution } from "@polyglot/contracts/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../client/api-client.ts";
import { LocalSystem } from "./system.ts";

const pipelines = String.raw`
[@] io.test>Durable
[D] @Work << py"./work.py"
[X]

[|] Steps
[i] folder: pg\string
[t] |T.Call
[Q] |Q.Checkpoint << True
[Q] |Q.Retry.MaxAttempts << 2
[Q] |Q.Retry.Strategy << #RetryStrategy.Immediate
[\] @Work|note << folder << "setup"
[r] @Work|note << folder << "one" >> one: py\str
[r] @Work|gate << folder << "two" >> two: py\str
[r] @Work|note << folder << "three"
[o] >> one
[o] >> two
[x]

[|] Ship
[i] folder: pg\string
[t] |T.Call
[r] @Work|note << folder << "before"
[r] |U.Approve << "ship {folder}?" >> who
[r] @Work|note << folder << "after"
[o] >> who
[x]

[|] Late
[t] |T.Call
[r] late << False
[r] |U.Approve << "in time?" << timeout: T"0.25"
[~][!] !> pg\!TimeoutError
[~][~][r] late << True
[o] >> late
[x]
`;

/** `note` adds a line to a file; `gate` does so, and goes on according to what stands in the file `gate`. */
const functions = `
import os, signal

def note(folder, word):
    with open(os.path.join(folder, "notes"), "a") as file:
        file.write(word + "\\n")
    return word

def gate(folder, word):
    note(folder, word)
    with open(os.path.join(folder, "gate")) as file:
        wish = file.read()
    if wish == "hang":
        open(os.path.join(folder, "held"), "w").close()
        while True:
            signal.pause()
    if wish == "fail":
        raise ValueError("the gate is closed")
    return word
`;

let folder: string;
let system: LocalSystem;
let api: ApiClient;
const folders: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-durable-"));
  const dataFolder = join(folder, ".polyglot");
  const options = { dataFolder, dataRoot: folder, listen: "127.0.0.1:0", agentFlags: [], onNews: () => undefined };
  system = new LocalSystem(options);
  api = new ApiClient(await system.start());
  const { diagnostics } = await api.call.apply({
    files: [
      { path: "durable.pg", content: Buffer.from(pipelines) },
      { path: "work.py", content: Buffer.from(functions) },
    ],
  });
  if (diagnostics.length > 0) throw new Error(diagnostics.map((one) => one.message).join("; "));
});

afterAll(async () => {
  api.close();
  await system.stop();
  for (const made of [folder, ...folders]) rmSync(made, { recursive: true, force: true });
});

/** User code may run as another user than the one that runs the tests. */
function sharedFolder(gate: "open" | "hang" | "fail" = "open"): string {
  const made = mkdtempSync(join(tmpdir(), "polyglot-durable-shared-"));
  folders.push(made);
  spawnSync("chmod", ["0777", made]);
  setGate(made, gate);
  return made;
}

const setGate = (shared: string, gate: string): void => writeFileSync(join(shared, "gate"), gate);
const notesOf = (shared: string): string[] => readFileSync(join(shared, "notes"), "utf8").trim().split("\n");

async function start(pipeline: string, inputs: Record<string, string>): Promise<string> {
  return (await api.call.run({ pipelineId: pipeline, inputs })).executionId;
}

async function outcomeOf(executionId: string): Promise<Execution> {
  for (;;) {
    const execution = await api.call.waitExecution({ executionId, timeoutSeconds: 30 });
    if (isOutcome(execution.state)) return execution;
  }
}

/** Resolves when people are asked. */
async function waitsForPeople(executionId: string): Promise<Execution> {
  for (;;) {
    const execution = await api.call.getExecution({ executionId });
    if (execution.approvals.length > 0) return execution;
    if (isOutcome(execution.state)) throw new Error(`it is ${execution.state}: ${execution.error?.message}`);
  }
}

function appears(shared: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(shared, () => look());
    const look = () => {
      if (!existsSync(join(shared, name))) return;
      watcher.close();
      resolve();
    };
    look();
  });
}

test("an execution waits for a person, holds no place meanwhile, and goes on with who approved", async () => {
  const shared = sharedFolder();
  const executionId = await start("Ship", { folder: shared });
  const waiting = await waitsForPeople(executionId);
  expect(waiting).toMatchObject({ state: "waiting", attemptNo: 1, maxAttempts: 4 });
  expect(waiting.approvals).toMatchObject([{ nodeId: "run.1", message: `ship ${shared}?` }]);
  expect(waiting.attempts.map(({ outcome, cleanup }) => [outcome, cleanup])).toEqual([["waiting", "done"]]);
  expect((await api.call.listExecutions({ state: "waiting" })).executions[0]?.approvals).toHaveLength(1);
  const { approval } = await api.call.approveExecution({ executionId, message: "fine" });
  expect(approval).toMatchObject({ decision: "approved", reply: "fine" });
  const ended = await outcomeOf(executionId);
  expect(ended).toMatchObject({ state: "succeeded", attemptNo: 2, outputs: { who: approval?.decidedBy } });
  expect(notesOf(shared)).toEqual(["before", "after"]);
});

test("what is decided stays decided, and nothing else can be", async () => {
  const shared = sharedFolder();
  const executionId = await start("Ship", { folder: shared });
  await expect(api.call.approveExecution({ executionId, step: "run.7" })).rejects.toThrow("waits for no approval");
  await waitsForPeople(executionId);
  await api.call.approveExecution({ executionId, reject: true, message: "not before Monday" });
  await expect(api.call.approveExecution({ executionId })).rejects.toThrow(/is rejected by|has an outcome/);
  const ended = await outcomeOf(executionId);
  expect(ended).toMatchObject({ state: "failed", error: { type: "pg\\!PermissionError", step: "run.1" } });
  expect(ended.error?.message).toMatch(/^rejected by \w+: not before Monday$/);
  expect(notesOf(shared)).toEqual(["before"]);
  await expect(api.call.approveExecution({ executionId })).rejects.toThrow(/is rejected by|has an outcome/);
});

test("nobody in time is an error that a handler takes", async () => {
  expect(await outcomeOf(await start("Late", {}))).toMatchObject({ state: "succeeded", outputs: { late: true } });
});

test("an execution whose agent is killed between two steps does not run the first one again", async () => {
  const shared = sharedFolder("hang");
  const executionId = await start("Steps", { folder: shared });
  await appears(shared, "held");
  setGate(shared, "open");
  process.kill(system.pids.agent ?? 0, "SIGKILL");
  const ended = await outcomeOf(executionId);
  expect(ended).toMatchObject({ state: "succeeded", attemptNo: 2, outputs: { one: "one", two: "two" } });
  expect(notesOf(shared)).toEqual(["setup", "one", "two", "setup", "two", "three"]);
  expect(ended.steps.map(({ nodeId, state }) => `${nodeId} ${state}`)).toContain("run.0 replayed");
});

test("a retry goes on after the last committed step, and is one however often it is asked for", async () => {
  const shared = sharedFolder("fail");
  const executionId = await start("Steps", { folder: shared });
  await expect(api.call.replayExecution({ executionId, retry: true })).rejects.toThrow("only one that has ended");
  expect(await outcomeOf(executionId)).toMatchObject({ state: "dead_lettered", attemptNo: 2 });
  expect(notesOf(shared)).toEqual(["setup", "one", "two", "setup", "two"]);
  setGate(shared, "open");
  const answers = await Promise.all([1, 2].map(() => api.call.replayExecution({ executionId, retry: true })));
  const [first, second] = answers;
  expect(first?.executionId).toBe(second?.executionId);
  expect(answers.map(({ decision }) => decision).toSorted()).toEqual(["activated", "duplicate"]);
  const ended = await outcomeOf(first?.executionId ?? "");
  expect(ended).toMatchObject({ state: "succeeded", trigger: "retry", replayOf: executionId, attemptNo: 1 });
  expect(notesOf(shared)).toEqual(["setup", "one", "two", "setup", "two", "setup", "two", "three"]);
});

test("a replay does nothing again that was committed, and everything from the start", async () => {
  const shared = sharedFolder();
  const executionId = await start("Steps", { folder: shared });
  await outcomeOf(executionId);
  await expect(api.call.replayExecution({ executionId, retry: true })).rejects.toThrow("a replay runs it again");
  const replay = await api.call.replayExecution({ executionId });
  expect(await outcomeOf(replay.executionId)).toMatchObject({
    state: "succeeded",
    outputs: { one: "one", two: "two" },
  });
  expect(notesOf(shared)).toEqual(["setup", "one", "two", "three", "setup"]);
  const anew = await api.call.replayExecution({ executionId, fromStart: true });
  await outcomeOf(anew.executionId);
  expect(notesOf(shared).slice(5)).toEqual(["setup", "one", "two", "three"]);
});
