/** What a running attempt asks of the controller, with the real programs: state that all executions share, and more. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../client/api-client.ts";
import { LocalSystem } from "./system.ts";

const pipelines = `
[@] io.test>Calls
[X]

[|] Count
[i] Default key: pg\\string << "runs"
[t] |T.Call
[r] |U.State.Increment << key >> n: pg\\int
[o] >> n
[x]

[|] Callee
[i] Default key: pg\\string << "runs"
[t] |T.Call
[r] |U.State.Get << key << default: 0 >> n: pg\\any
[o] >> n
[x]

[|] Remember
[i] value: pg\\any
[t] |T.Call
[r] |U.State.Get << "last" << default: "none" >> before: pg\\any
[r] |U.State.Set << "last" << value
[r] |Callee << "last" >> of_callee: pg\\any
[/] |U.State.Increment << "cleanups"
[o] >> before
[o] >> of_callee
[x]

[|] Confuse
[t] |T.Call
[r] |U.State.Set << "word" << "text"
[r] |U.State.Increment << "word" >> n: pg\\int
[o] >> n
[x]

[|] Keep
[i] content: pg\\any
[i] Default from_: pg\\string << ""
[t] |T.Call
[r] |U.Artifact.Put << "kept.bin" << content
[r] |U.Artifact.Get << "kept.bin" >> back: pg\\bytes
[o] >> back
[x]

[|] Borrow
[i] execution_id: pg\\string
[t] |T.Call
[r] |U.Artifact.Get << "kept.bin" << execution_id >> back: pg\\bytes
[o] >> back
[x]

[|] Cached
[i] value: pg\\any
[t] |T.Call
[r] |U.Cache.Get << "k" << default: "none" >> before: pg\\any
[r] |U.Cache.Set << "k" << value << for: T"1:0:"
[o] >> before
[x]

[|] CachedElsewhere
[t] |T.Call
[r] |U.Cache.Get << "k" >> value: pg\\any
[o] >> value
[x]

[|] Leave
[i] for: pg\\duration
[t] |T.Call
[b] |Late
[~][r] |U.Sleep << for
[~][r] |U.State.Increment << "late" >> n: pg\\int
[~][r] |U.Log.Info << "late {n}"
[r] |U.Log.Info << "main"
[x]

[|] LeaveBroken
[t] |T.Call
[b] |Late
[~][r] |U.Sleep << T"0.5"
[~][r] |U.Error.Raise << "broken"
[x]

[|] Start
[i] inputs: pg\\dict
[t] |T.Call
[r] |U.Call << "Add" << inputs >> id: pg\\string
[o] >> id
[x]

[|] Add
[i] a: pg\\int
[i] Default b: pg\\int << 1
[t] |T.Api
[o] >> a
[x]
`;

let folder: string;
let system: LocalSystem;
let api: ApiClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-calls-"));
  const dataFolder = join(folder, ".polyglot");
  const options = { dataFolder, dataRoot: folder, listen: "127.0.0.1:0", agentFlags: [], onNews: () => undefined };
  system = new LocalSystem(options);
  api = new ApiClient(await system.start());
  const { diagnostics } = await api.call.apply({ files: [{ path: "calls.pg", content: Buffer.from(pipelines) }] });
  if (diagnostics.length > 0) throw new Error(diagnostics.map((one) => one.message).join("; "));
});

afterAll(async () => {
  api.close();
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(pipelineId: string, inputs: NonNullable<Parameters<typeof api.call.run>[0]["inputs"]> = {}) {
  return outcomeOf((await api.call.run({ pipelineId, inputs })).executionId);
}

async function outcomeOf(executionId: string): Promise<Execution> {
  for (;;) {
    const execution = await api.call.waitExecution({ executionId, timeoutSeconds: 30 });
    if (execution.state !== "waiting" && execution.state !== "running") return execution;
  }
}

test("a hundred executions at once count to a hundred, each with a number of its own", async () => {
  const ended = await Promise.all(Array.from({ length: 100 }, () => run("Count")));
  const numbers = ended.map(({ outputs }) => Number(outputs?.["n"])).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

test("a value stays for the next execution, and belongs to the pipeline whose text names it", async () => {
  expect((await run("Remember", { value: { a: [1, null] } })).outputs).toEqual({ before: "none", of_callee: 0 });
  expect((await run("Remember", { value: 2 })).outputs).toMatchObject({ before: { a: [1, null] } });
});

test("an increment of what is no int is the step's error, and says so", async () => {
  const { error } = await run("Confuse");
  expect(error).toMatchObject({ type: "pg\\!ValidationError", message: expect.stringContaining("'word' is no int") });
});

test("an execution keeps bytes, texts and values, and others of the namespace and people read them", async () => {
  const kept = await run("Keep", { content: "grüße" });
  const { executionId } = kept;
  const back = { $bytes: Buffer.from("grüße").toString("base64") };
  expect(kept.outputs).toEqual({ back });
  expect((await run("Borrow", { execution_id: executionId })).outputs).toEqual({ back });
  const { artifacts } = await api.call.listArtifacts({ executionId });
  expect(artifacts).toMatchObject([{ executionId, name: "kept.bin", size: 7n, attemptNo: 1 }]);
  const chunks: Uint8Array[] = [];
  for await (const { data } of api.call.readArtifact({ executionId, name: "kept.bin" })) chunks.push(data);
  expect(Buffer.concat(chunks).toString()).toBe("grüße");
  expect((await run("Keep", { content: { b: 1, a: [null] } })).outputs).toEqual({
    back: { $bytes: Buffer.from('{"a":[null],"b":1}').toString("base64") },
  });
});

test("an artifact that is not there is a FileError", async () => {
  const { executionId } = await run("Count", { key: "no artifacts" });
  expect((await run("Borrow", { execution_id: executionId })).error).toMatchObject({ type: "pg\\!FileError" });
});

test("a cached value is there for the other pipelines of the namespace", async () => {
  expect((await run("Cached", { value: { a: 1 } })).outputs).toEqual({ before: "none" });
  expect((await run("CachedElsewhere")).outputs).toEqual({ value: { a: 1 } });
});

test("a call starts an execution of its own, which knows its parent", async () => {
  const parent = await run("Start", { inputs: { a: 5 } });
  const [id = ""] = (await api.call.getExecution({ executionId: parent.executionId })).childIds;
  expect(parent.outputs).toEqual({ id });
  const child = await outcomeOf(id);
  expect(child).toMatchObject({
    state: "succeeded",
    outputs: { a: 5 },
    parentId: parent.executionId,
    trigger: "U.Call",
  });
  expect(child.triggerContext).toMatchObject({ parent_id: parent.executionId });
});

test("a call with wrong inputs is the step's error and names the input", async () => {
  const { error } = await run("Start", { inputs: { a: "five" } });
  expect(error).toMatchObject({ type: "pg\\!ValidationError", message: expect.stringContaining("input 'a'") });
});

test("a branch that outlives its run has its own outcome, log and steps, and asks for itself", async () => {
  const left = await run("Leave", { for: { $duration: { months: 0, seconds: 0.5 } } });
  expect(left).toMatchObject({ state: "succeeded", childIds: [expect.any(String)] });
  const branch = await outcomeOf(left.childIds[0] ?? "");
  expect(branch).toMatchObject({ state: "succeeded", trigger: "background", parentId: left.executionId });
  expect(branch.steps.map((step) => step.state)).toEqual(["succeeded", "succeeded", "succeeded", "succeeded"]);
  expect(await logOf(branch.executionId)).toEqual(["late 1"]);
  expect(await logOf(left.executionId)).toEqual(["main"]);
});

test("a branch that fails after its run is an execution that failed, and no dead letter: it cannot begin again", async () => {
  const left = await run("LeaveBroken");
  expect(left.state).toBe("succeeded");
  const branch = await outcomeOf(left.childIds[0] ?? "");
  expect(branch).toMatchObject({ state: "failed", error: { message: "broken" } });
  const { deadLetters } = await api.call.listDeadLetters({});
  expect(deadLetters.map(({ executionId }) => executionId)).not.toContain(branch.executionId);
});

test("a branch that outlives its run is cancelled by itself", async () => {
  const { childIds } = await run("Leave", { for: { $duration: { months: 0, seconds: 600 } } });
  const [executionId = ""] = childIds;
  await api.call.cancelExecution({ executionId });
  expect(await outcomeOf(executionId)).toMatchObject({ state: "cancelled" });
  const replay = api.call.replayExecution({ executionId });
  await expect(replay).rejects.toThrow("is a background branch, which begins with its run");
});

async function logOf(executionId: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of api.call.readLogs({ executionId, follow: true }))
    lines.push(...batch.lines.map((line) => line.text));
  return lines;
}
