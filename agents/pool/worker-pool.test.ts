import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, silentLogger, systemClock } from "@polyglot/service";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ContainedProcess } from "../limits/contained-process.ts";
import type { PoolReply } from "./pool-call.ts";
import { defaultPoolLimits, type PoolLimits } from "./pool-limits.ts";
import { type GroupDefinition, WorkerPool } from "./worker-pool.ts";

const program = createRequire(import.meta.url).resolve("@polyglot/agents/runtimes/node/worker.mjs");
const source = `
import { existsSync } from "node:fs";
const name = String(Math.random());
export const instance = () => name;
export const exit = (code) => process.exit(code);
export const throwLater = () => new Promise(() => setImmediate(() => { throw new TypeError("late"); }));
export const hold = () => new Promise(() => undefined);
export const waitFor = async (file) => { while (!existsSync(file)) await new Promise(setImmediate); return name; };
`;

let folder: string;
let pool: WorkerPool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "polyglot-pool-"));
  await writeFile(join(folder, "functions.mjs"), source);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => pool.stop());

/** Sleeps that end when the test says so, as far as they are long; the time that passes is the test's too. */
class TestClock implements Clock {
  #ahead = 0;
  #sleepers: (() => void)[] = [];

  now = () => systemClock.now();
  monotonic = () => systemClock.monotonic() + this.#ahead;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < 1_000) return systemClock.sleep(ms, signal);
    return new Promise((resolve) => {
      this.#sleepers.push(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  advance(ms: number): void {
    this.#ahead += ms;
    for (const wake of this.#sleepers.splice(0)) wake();
  }
}

async function startPool(limits: Partial<PoolLimits>, clock: Clock = systemClock, areBusy = false): Promise<void> {
  pool = new WorkerPool({ ...defaultPoolLimits(2), ...limits }, clock, silentLogger, { areBusy });
  await pool.start();
}

const group = (key: string, command = process.execPath): GroupDefinition => ({
  key,
  async launch() {
    const plan = { setpriv: false, userArguments: [] };
    const work = { command, arguments: [program, folder], folder, environment: {}, channels: 2 };
    return { process: new ContainedProcess(work, plan, systemClock), cleanUp: async () => undefined };
  },
});

interface Asked {
  readonly group?: string;
  readonly execution?: string;
  readonly arguments?: readonly unknown[];
  readonly signal?: AbortSignal;
  readonly onBegin?: () => void;
}

function ask(name: string, asked: Asked = {}): Promise<PoolReply> {
  const { execution = "", arguments: values = [], onBegin = () => undefined } = asked;
  const request = { path: "functions.mjs", function: name, arguments: values, results: 1, execution };
  return pool.call(group(asked.group ?? "g"), {
    body: JSON.stringify(request),
    functionName: name,
    signal: asked.signal ?? new AbortController().signal,
    onBegin,
    onLine: () => undefined,
  });
}

async function instanceOf(asked: Asked = {}): Promise<unknown> {
  return valueOf(await ask("instance", asked));
}

function valueOf(reply: PoolReply): unknown {
  if (reply.kind !== "value") throw new Error(JSON.stringify(reply));
  return (JSON.parse(reply.body) as { values: unknown[] }).values[0];
}

it("calls of one group share a warm worker, those of another have their own", async () => {
  await startPool({});
  const [first, second, other] = [await instanceOf(), await instanceOf(), await instanceOf({ group: "other" })];
  expect(first).toBe(second);
  expect(other).not.toBe(first);
});

it("at the host's limit the least recently used idle worker ends for a group that needs one", async () => {
  await startPool({ maxWorkers: 2 });
  const a = await instanceOf({ group: "a" });
  const b = await instanceOf({ group: "b" });
  expect(await instanceOf({ group: "a" })).toBe(a);
  await instanceOf({ group: "c" });
  expect(pool.size).toBe(2);
  expect(await instanceOf({ group: "a" })).toBe(a);
  expect(await instanceOf({ group: "b" })).not.toBe(b);
});

it("at the host's limit a group without workers gets the next that becomes idle", async () => {
  await startPool({ maxWorkers: 1 });
  const gate = join(folder, "gate-1");
  const began = Promise.withResolvers<void>();
  const running = ask("waitFor", { group: "a", arguments: [gate], onBegin: began.resolve });
  await began.promise;
  const behind = ask("instance", { group: "a" });
  const starved = ask("instance", { group: "b" });
  await writeFile(gate, "");
  expect((await running).kind).toBe("value");
  expect((await starved).kind).toBe("value");
  expect((await behind).kind).toBe("value");
});

it("on a busy host a call waits for one of few workers, but not for one that is held up", async () => {
  await startPool({ maxShortWorkersPerGroup: 1, patienceMs: 20 }, systemClock, true);
  const gate = join(folder, "gate-3");
  const began = Promise.withResolvers<void>();
  const held = ask("waitFor", { arguments: [gate], onBegin: began.resolve });
  await began.promise;
  const other = await instanceOf();
  await writeFile(gate, "");
  expect(valueOf(await held)).not.toBe(other);
});

it("idle workers end, those of the minimum last", async () => {
  const clock = new TestClock();
  await startPool({ idleMs: 60_000, groupIdleMs: 900_000, minWorkersPerGroup: 1 }, clock);
  const gate = join(folder, "gate-2");
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = begun.map((one) => ask("waitFor", { arguments: [gate], onBegin: one.resolve }));
  await Promise.all(begun.map((one) => one.promise));
  await writeFile(gate, "");
  const instances = new Set((await Promise.all(held)).map(valueOf));
  expect(instances.size).toBe(2);
  clock.advance(61_000);
  while (pool.size > 1) await systemClock.sleep(1);
  expect(instances).toContain(await instanceOf());
  clock.advance(900_000);
  while (pool.size > 0) await systemClock.sleep(1);
});

it("a worker goes after its number of calls, and no call with it", async () => {
  await startPool({ maxCallsPerWorker: 3 });
  const instances: unknown[] = [];
  for (let round = 0; round < 7; round += 1) instances.push(await instanceOf());
  expect(new Set(instances.slice(0, 3)).size).toBe(1);
  expect(new Set(instances.slice(3, 6)).size).toBe(1);
  expect(new Set(instances).size).toBe(3);
});

it("a worker that dies is replaced, and its call says how it died", async () => {
  await startPool({});
  const before = await instanceOf();
  expect(await ask("exit", { arguments: [5] })).toMatchObject({ kind: "died", end: { kind: "exit", code: 5 } });
  expect(await instanceOf()).not.toBe(before);
});

it("an error that no promise catches fails the call with it, and the process is replaced", async () => {
  await startPool({});
  const before = await instanceOf();
  const reply = await ask("throwLater");
  expect(reply).toMatchObject({ kind: "error" });
  expect(JSON.stringify(reply)).toContain("late");
  expect(await instanceOf()).not.toBe(before);
});

it("a group whose process cannot start answers its calls with the reason", async () => {
  await startPool({});
  const call = { body: "{}", functionName: "f", signal: new AbortController().signal, onBegin() {}, onLine() {} };
  const replies = await Promise.all([1, 2, 3].map(() => pool.call(group("broken", "/nonexistent/node"), call)));
  expect(replies.map((reply) => reply.kind)).toEqual(["unstartable", "unstartable", "unstartable"]);
  expect(JSON.stringify(replies[0])).toContain("not found");
});

it("a process that ends before its first word answers its calls with what it printed", async () => {
  await startPool({});
  const call = { body: "{}", functionName: "f", signal: new AbortController().signal, onBegin() {}, onLine() {} };
  const reply = await pool.call(group("wrong", "/bin/sh"), call);
  expect(reply.kind).toBe("unstartable");
  expect(JSON.stringify(reply)).toMatch(/exit code 2/);
});

it("calls that are under way when the pool stops are stopped, and later ones too", async () => {
  await startPool({ graceMs: 0 });
  const began = Promise.withResolvers<void>();
  const running = ask("hold", { onBegin: began.resolve });
  await began.promise;
  await pool.stop();
  expect(await running).toEqual({ kind: "stopped" });
  expect(await ask("instance")).toEqual({ kind: "stopped" });
});
