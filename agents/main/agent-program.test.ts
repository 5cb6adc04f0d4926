import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, createExecutionId, digestOfPlan, type Plan } from "@polyglot/contracts";
import type { AttemptResult } from "@polyglot/contracts/service";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CodeFixture, outputs, planOf, variable } from "../execute/plan.fixture.ts";
import { FixtureController } from "../link/controller.fixture.ts";
import { AgentProgram } from "./agent-program.ts";
import { parseFlags } from "./flags.ts";

const controller = new FixtureController();
let folder: string;
let agent: AgentProgram | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-agent-"));
  await controller.start();
});

afterEach(async () => {
  await agent?.stop();
  agent = undefined;
  await controller.stop();
  controller.messages.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

async function startAgent(...flags: string[]): Promise<AgentProgram> {
  writeFileSync(join(folder, "ca.pem"), controller.authority);
  writeFileSync(join(folder, "token"), `${controller.token}\n`);
  const args = ["--controller", controller.url, "--ca", join(folder, "ca.pem"), "--token-file", join(folder, "token")];
  const folders = ["--data-dir", join(folder, "data"), "--data-root", folder];
  const parsed = parseFlags([...args, ...folders, ...flags], hostname());
  if (parsed.kind === "problem") throw new Error(parsed.message);
  agent = new AgentProgram({
    flags: parsed.flags,
    clock: systemClock,
    logger: silentLogger,
    environment: process.env,
    home: homedir(),
    userId: process.getuid?.(),
    pid: process.pid,
  });
  await agent.start();
  return agent;
}

const code = new CodeFixture("lib.py", "def shout(text):\n    print('hearing', text)\n    return text.upper()\n");
const shouting = planOf({
  inputs: [{ name: "text", type: "pg\\string" }],
  run: [code.call("shout", [variable("text")], ["loud"])],
  outputs: outputs("loud"),
});

function request(plan: Plan, inputs: object, withPlan: boolean) {
  return {
    executionId: createExecutionId(),
    attemptNo: 1,
    pipelineId: plan.pipeline_id,
    planDigest: digestOfPlan(plan),
    inputs: Buffer.from(JSON.stringify(inputs)),
    ...(withPlan ? { executionPlan: Buffer.from(canonicalJson(plan)) } : {}),
  };
}

const results = (): AttemptResult[] => controller.messages.flatMap((message) => message.results);

const outputsOf = (result: AttemptResult | undefined): unknown =>
  JSON.parse(Buffer.from(result?.outputs ?? []).toString());

test("an execution goes from the request over the user's Python to its outputs, logs and metrics", async () => {
  controller.bundles.set(code.bundle.digest, code.bundle.archive);
  await startAgent();
  controller.send({ executions: [request(shouting, { text: "hello" }, true)] });
  await controller.until(() => results().length === 1);
  const [result] = results();
  expect(result).toMatchObject({
    outcome: "succeeded",
    cleanup: "done",
    steps: [{ nodeId: "shout", state: "succeeded", metrics: { cpuTimeMs: expect.any(Number) } }],
  });
  expect(outputsOf(result)).toEqual({ loud: "HELLO" });
  expect(result?.metrics?.durationMs).toBeGreaterThan(0);
  await controller.until(
    (messages) =>
      messages.some(({ logs, metrics }) => logs.length > 0 && metrics.length > 0) ||
      (messages.some(({ logs }) => logs.length > 0) && messages.some(({ metrics }) => metrics.length > 0)),
  );
  const lines = controller.messages.flatMap(({ logs }) => logs);
  expect(lines).toMatchObject([{ sequence: 1n, nodeId: "shout", level: "info", text: "hearing hello" }]);
});

test("limits of the workers are those of the flags: a worker of one call is followed by another", async () => {
  const where = new CodeFixture("lib.py", "import os\ndef where():\n    return os.getcwd()\n");
  const plan = planOf({ run: [where.call("where", [], ["folder"])], outputs: outputs("folder") });
  controller.bundles.set(where.bundle.digest, where.bundle.archive);
  await startAgent("--recycle-calls", "1");
  for (const done of [1, 2]) {
    controller.send({ executions: [request(plan, {}, done === 1)] });
    await controller.until(() => results().length === done);
  }
  expect(new Set(results().map((result) => JSON.stringify(outputsOf(result)))).size).toBe(2);
});

test("a plan travels once: the next request and the next stream need it no more", async () => {
  controller.bundles.set(code.bundle.digest, code.bundle.archive);
  await startAgent();
  controller.send({ executions: [request(shouting, { text: "a" }, true)] });
  await controller.until(() => results().length === 1);
  controller.send({ executions: [request(shouting, { text: "b" }, false)] });
  await controller.until(() => results().length === 2);
  expect(results().map(outputsOf)).toEqual([{ loud: "A" }, { loud: "B" }]);
  controller.cut();
  await controller.until((messages) => messages.at(-1)?.hello !== undefined);
  expect(controller.messages.at(-1)?.hello).toMatchObject({
    planDigests: [digestOfPlan(shouting)],
    bundleDigests: [code.bundle.digest],
  });
});

test("a request without the plan that it needs makes the agent greet anew, holding nothing", async () => {
  await startAgent();
  const { streams } = controller;
  controller.send({ executions: [request(shouting, { text: "a" }, false)] });
  await controller.until(() => controller.streams > streams);
  await controller.until((messages) => messages.at(-1)?.hello !== undefined || messages.length > 3);
  expect(controller.messages.findLast(({ hello }) => hello !== undefined)?.hello?.held).toEqual([]);
});

test("a plan whose bytes are not what its digest says fails the attempt", async () => {
  await startAgent();
  const damaged = { ...request(shouting, {}, true), executionPlan: Buffer.from("{}") };
  controller.send({ executions: [damaged] });
  await controller.until(() => results().length === 1);
  expect(results()[0]).toMatchObject({ outcome: "failed", error: { type: "pg\\!ConfigError" } });
});

test("a request that cannot be read fails its attempt, and the stream goes on", async () => {
  await startAgent();
  const { streams } = controller;
  const unreadable = { ...request(shouting, {}, true), inputs: Buffer.from("{") };
  controller.send({ executions: [unreadable] });
  await controller.until(() => results().length === 1);
  expect(results()[0]).toMatchObject({ outcome: "failed", error: { type: "pg\\!RuntimeError" } });
  expect(controller.streams).toBe(streams);
});

test("a file in a watched folder becomes an occurrence with its absolute path", async () => {
  await startAgent();
  controller.send({
    watches: {
      version: 1n,
      files: [{ pipelineId: "a>b#P", triggerKey: "t", pattern: "*.csv" }],
    },
  });
  writeFileSync(join(folder, "a.csv"), "1,2\n");
  await controller.until((messages) => messages.some(({ occurrences }) => occurrences.length > 0));
  const [occurrence] = controller.messages.flatMap(({ occurrences }) => occurrences);
  expect(occurrence).toMatchObject({ path: join(folder, "a.csv"), event: "created", size: 4n, triggerKey: "t" });
});

test("a bundle that is to be ready is fetched, and one that cannot be had is told with the reason", async () => {
  controller.bundles.set(code.bundle.digest, code.bundle.archive);
  await startAgent();
  const unknown = `sha256:${"0".repeat(64)}`;
  controller.send({ prepare: { version: 1n, bundleDigests: [code.bundle.digest, unknown] } });
  const prepared = () => controller.messages.flatMap((message) => message.prepared);
  await controller.until(() => prepared().length === 2);
  expect(prepared().find(({ bundleDigest }) => bundleDigest === code.bundle.digest)?.ready).toBe(true);
  expect(prepared().find(({ bundleDigest }) => bundleDigest === unknown)).toMatchObject({
    ready: false,
    error: { type: "pg\\!DependencyError" },
  });
});
