/** The program itself: its flags, its ready line, its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { canonicalJson, createExecutionId, digestOfPlan } from "@polyglot/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CodeFixture, planOf } from "../execute/plan.fixture.ts";
import { FixtureController } from "../link/controller.fixture.ts";
import { descendantsOf, readParents } from "./kill-descendants.ts";

const program = new URL("./agent.ts", import.meta.url).pathname;
const controller = new FixtureController();
const children: ChildProcess[] = [];
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-agent-"));
  await controller.start();
  writeFileSync(join(folder, "ca.pem"), controller.authority);
  writeFileSync(join(folder, "token"), controller.token);
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await controller.stop();
  controller.messages.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

function startAgent(env: Record<string, string> = {}, token = "token"): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      program,
      ...["--controller", controller.url, "--ca", join(folder, "ca.pem"), "--token-file", join(folder, token)],
      ...["--data-dir", join(folder, "data"), "--name", "agent-1", "--log-level", "warn"],
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
  );
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NonNullable<ChildProcess["stdout"]> })) return line;
  throw new Error("the agent ended without a word");
}

async function exitOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode ?? child.signalCode;
}

const endless = new CodeFixture(
  "lib.py",
  "import time\ndef sleep():\n    print('begun', flush=True)\n    time.sleep(600)\n",
);

/** Resolves when the user's code runs. */
async function runEndlessly(): Promise<void> {
  const plan = planOf({ run: [endless.call("sleep", [])] });
  controller.bundles.set(endless.bundle.digest, endless.bundle.archive);
  controller.send({
    executions: [
      {
        executionId: createExecutionId(),
        attemptNo: 1,
        pipelineId: plan.pipeline_id,
        planDigest: digestOfPlan(plan),
        executionPlan: Buffer.from(canonicalJson(plan)),
        inputs: Buffer.from("{}"),
      },
    ],
  });
  await controller.until((messages) => messages.some(({ logs }) => logs.length > 0));
}

/** Resolves when none of the processes is left. */
async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => readParents().has(pid))) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("the agent says on one line when work can come, and SIGTERM ends it with 0", async () => {
  const child = startAgent();
  expect(JSON.parse(await firstLine(child))).toEqual({ ready: true, agent: "agent-1" });
  child.kill("SIGTERM");
  expect(await exitOf(child)).toBe(0);
});

test("a refused join ends it with 1", async () => {
  writeFileSync(join(folder, "wrong"), "wrong");
  expect(await exitOf(startAgent({}, "wrong"))).toBe(1);
});

test("it ends when the process that it calls its parent is not", async () => {
  const child = startAgent({ POLYGLOT_PARENT_PID: "1" });
  expect(await exitOf(child)).toBe(0);
});

test("a killed agent leaves no process of its work", async () => {
  const child = startAgent();
  await firstLine(child);
  await runEndlessly();
  const work = descendantsOf(child.pid as number, readParents());
  expect(work.length).toBeGreaterThan(0);
  child.kill("SIGKILL");
  await untilGone(work);
  expect(await exitOf(child)).toBe("SIGKILL");
});

test("an agent that was stopped past its lease ends its work when it goes on, and tells no result of it", async () => {
  controller.answers.welcome = { renewMs: 50, leaseMs: 4_000, stopMs: 3_000 };
  const child = startAgent();
  await firstLine(child);
  await runEndlessly();
  const work = descendantsOf(child.pid as number, readParents());
  child.kill("SIGSTOP");
  // Time is what this is about, and a process that is stopped gives no signal.
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  const { length } = controller.messages;
  child.kill("SIGCONT");
  await untilGone(work);
  await controller.until((messages) => messages.slice(length).some(({ heartbeat }) => heartbeat !== undefined));
  controller.answers.welcome = { renewMs: 50, leaseMs: 10_000, stopMs: 8_000 };
  expect(controller.messages.flatMap(({ results }) => results)).toEqual([]);
});

test("work ends before the lease does when no heartbeat is answered", async () => {
  controller.answers.welcome = { renewMs: 50, leaseMs: 4_000, stopMs: 3_000 };
  const child = startAgent();
  await firstLine(child);
  await runEndlessly();
  const work = descendantsOf(child.pid as number, readParents());
  expect(work.length).toBeGreaterThan(0);
  controller.answers.leases = false;
  await untilGone(work);
  controller.answers.leases = true;
  controller.answers.welcome = { renewMs: 50, leaseMs: 10_000, stopMs: 8_000 };
  expect(controller.messages.flatMap(({ results }) => results)).toEqual([]);
});
