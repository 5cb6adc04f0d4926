/** What an execution sees of programs that are killed: one outcome, nothing acknowledged lost, nothing left behind. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ApiClient } from "../client/api-client.ts";
import { LocalSystem } from "./system.ts";

const pipelines = `
[@] io.test>Takeover
[D] @Work << py"./work.py"
[X]

[|] Hold
[i] folder: pg\\string
[t] |T.Call
[r] @Work|hold << folder >> attempt: py\\int
[o] >> attempt
[x]

[|] Command
[i] folder: pg\\string
[t] |T.Call
[w] |W.System.File.Text.Append << "{folder}/starts" >> starts
[r] |U.System.File.Text.Append << starts << "x"
[r] |U.RunShell << "test -e first || { touch first; setsid flock daemon.lock sh -c 'touch held; sleep 1e6' & flock worker.lock sleep 1e6; }" << cwd: folder >> _output >> _error >> code
[r] |U.System.File.Text.Read << "{folder}/starts" >> text
[o] >> code
[o] >> text
[x]

[|] Count
[i] folder: pg\\string
[i] n: pg\\int
[t] |T.Call
[r] @Work|count << folder << n >> n_: py\\int
[o] >> n_
[x]

[|] Leave
[i] folder: pg\\string
[t] |T.Call
[b] @Work|hold << folder
[r] |U.State.Increment << "runs" >> n: pg\\int
[o] >> n
[x]

[|] Start
[i] folder: pg\\string
[t] |T.Call
[r] |U.Call << "Count" << {"folder": folder, "n": 7} >> id: pg\\string
[r] @Work|hold << folder >> attempt: py\\int
[o] >> id
[o] >> attempt
[x]
`;

/** The first attempt locks a file, starts a daemon that locks another, says so, and never ends. The next one returns. */
const functions = `
import fcntl, os, signal, subprocess, sys

DAEMON = "import fcntl,sys,time; f=open(sys.argv[1],'w'); fcntl.flock(f,fcntl.LOCK_EX); open(sys.argv[2],'w'); time.sleep(1e6)"

def hold(folder):
    if os.path.exists(os.path.join(folder, "first")):
        return 2
    open(os.path.join(folder, "first"), "w").close()
    lock = open(os.path.join(folder, "worker.lock"), "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    arguments = [sys.executable, "-c", DAEMON, os.path.join(folder, "daemon.lock"), os.path.join(folder, "held")]
    subprocess.Popen(arguments, start_new_session=True)
    while True:
        signal.pause()

def count(folder, n):
    with open(os.path.join(folder, "counted"), "a") as file:
        file.write(f"{n}\\n")
    return n
`;

let folder: string;
let shared: string;
let system: LocalSystem;
let api: ApiClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-takeover-"));
  // User code may run as another user than the one that runs the tests.
  shared = mkdtempSync(join(tmpdir(), "polyglot-takeover-shared-"));
  spawnSync("chmod", ["0777", shared]);
  const dataFolder = join(folder, ".polyglot");
  const options = { dataFolder, dataRoot: folder, listen: "127.0.0.1:0", agentFlags: [], onNews: () => undefined };
  system = new LocalSystem(options);
  api = new ApiClient(await system.start());
  const { diagnostics } = await api.call.apply({
    files: [
      { path: "takeover.pg", content: Buffer.from(pipelines) },
      { path: "work.py", content: Buffer.from(functions) },
    ],
  });
  if (diagnostics.length > 0) throw new Error(diagnostics.map((one) => one.message).join("; "));
});

afterEach(async () => {
  api.close();
  await system.stop();
  for (const made of [folder, shared]) rmSync(made, { recursive: true, force: true });
});

async function outcomeOf(executionId: string): Promise<Execution> {
  for (;;) {
    const execution = await untilUp(() => api.call.waitExecution({ executionId, timeoutSeconds: 30 }));
    if (execution.state !== "waiting" && execution.state !== "running") return execution;
  }
}

/** Asks again while no controller answers: one that was killed comes back at the same place. */
async function untilUp<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await new Promise(setImmediate);
    }
  }
}

function appears(name: string): Promise<void> {
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

/** Whether no living process holds the file's lock. */
const isFree = (name: string): boolean => spawnSync("flock", ["-n", join(shared, name), "true"]).status === 0;

function kill(name: keyof LocalSystem["pids"]): void {
  const pid = system.pids[name];
  if (pid === undefined) throw new Error(`${name} does not run`);
  process.kill(pid, "SIGKILL");
}

test("an execution whose agent is killed ends once, on its second attempt, and nothing of the first is left", async () => {
  const { executionId } = await api.call.run({ pipelineId: "Hold", inputs: { folder: shared } });
  await appears("held");
  expect([isFree("worker.lock"), isFree("daemon.lock")]).toEqual([false, false]);
  kill("agent");
  const execution = await outcomeOf(executionId);
  expect(execution).toMatchObject({ state: "succeeded", attemptNo: 2, outputs: { attempt: 2 } });
  expect(execution.attempts.map((attempt) => attempt.outcome)).toEqual(["lost", "succeeded"]);
  expect([isFree("worker.lock"), isFree("daemon.lock")]).toEqual([true, true]);
});

test("programs that lines have started end with a killed agent, daemons of theirs too, before the next attempt", async () => {
  const { executionId } = await api.call.run({ pipelineId: "Command", inputs: { folder: shared } });
  await appears("held");
  expect(isFree("daemon.lock")).toBe(false);
  kill("agent");
  const execution = await outcomeOf(executionId);
  expect(execution).toMatchObject({ state: "succeeded", attemptNo: 2, outputs: { code: 0, text: "xx" } });
  expect([isFree("worker.lock"), isFree("daemon.lock")]).toEqual([true, true]);
});

test("an execution that a step has started is started once, though the step's agent is killed and the step runs again", async () => {
  const { executionId } = await api.call.run({ pipelineId: "Start", inputs: { folder: shared } });
  await appears("held");
  const { childIds } = await api.call.getExecution({ executionId });
  expect(childIds).toHaveLength(1);
  kill("agent");
  const execution = await outcomeOf(executionId);
  expect(execution).toMatchObject({
    state: "succeeded",
    attemptNo: 2,
    outputs: { id: childIds[0], attempt: 2 },
    childIds,
  });
  expect(await outcomeOf(childIds[0] ?? "")).toMatchObject({ state: "succeeded", parentId: executionId });
});

test("a branch that outlived its run and whose agent is killed is a dead letter: what it did is not known, and nothing runs again", async () => {
  const { executionId } = await api.call.run({ pipelineId: "Leave", inputs: { folder: shared } });
  await appears("held");
  const run = await outcomeOf(executionId);
  expect(run).toMatchObject({ state: "succeeded", attemptNo: 1, outputs: { n: 1 } });
  const [branch = ""] = run.childIds;
  expect(await api.call.getExecution({ executionId: branch })).toMatchObject({
    ...{ state: "running", trigger: "background", parentId: executionId, attemptNo: 1, maxAttempts: 1 },
  });
  kill("agent");
  expect(await outcomeOf(branch)).toMatchObject({ state: "dead_lettered" });
  const { deadLetters } = await untilUp(() => api.call.listDeadLetters({}));
  expect(deadLetters).toMatchObject([{ executionId: branch, reason: "outcome_unknown" }]);
  expect([isFree("worker.lock"), isFree("daemon.lock")]).toEqual([true, true]);
});

test.each([
  ["the controller", "controller"],
  ["PostgreSQL", "postgres"],
] as const)(
  "nothing that was acknowledged is lost when %s is killed in the middle of it",
  async (_who, name) => {
    const acknowledged: string[] = [];
    for (let n = 0; n < 300; n += 1) {
      const dedupeKey = `n${n}`;
      const event = { pipelineId: "io.test>Takeover#Count", inputs: { folder: shared, n }, dedupeKey };
      const sent = untilUp(() => api.call.activate({ events: [event] }));
      if (n % 100 === 50) kill(name);
      const { results } = await sent;
      acknowledged.push(results[0]?.executionId ?? "");
    }
    const states = await Promise.all(acknowledged.map(async (id) => (await outcomeOf(id)).state));
    expect(new Set(states)).toEqual(new Set(["succeeded"]));
    expect(new Set(acknowledged).size).toBe(300);
    const counted = new Set(readFileSync(join(shared, "counted"), "utf8").trim().split("\n").map(Number));
    expect(counted.size).toBe(300);
  },
  120_000,
);
