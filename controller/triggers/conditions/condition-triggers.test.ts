import { create } from "@bufbuild/protobuf";
import type { CanonicalValue, TriggerRegistration } from "@polyglot/contracts";
import { HostSampleSchema } from "@polyglot/contracts/service";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ShardHolder } from "../../leader/shard-holder.ts";
import { createTestDatabase, type TestDatabase } from "../../store/test-database.ts";
import { Aggregator } from "../aggregator.ts";
import { fileTrigger, register, startTriggers, type TriggerWorld } from "../triggers.fixture.ts";
import { ConditionBook } from "./condition-book.ts";
import { ConditionTriggers } from "./condition-triggers.ts";

let store: TestDatabase;
let world: TriggerWorld;
let holder: ShardHolder;
let book: ConditionBook;
let triggers: ConditionTriggers;
let aggregator: Aggregator;

beforeEach(async () => {
  store = await createTestDatabase();
  holder = new ShardHolder(store.database, systemClock, silentLogger, { controllerId: "one", url: "" });
  await holder.start();
});
afterEach(async () => {
  await stop();
  await holder.stop();
  await store[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  world = await startTriggers(store.database);
  const { catalog, activator, occurrences, policies, registry } = world;
  book = new ConditionBook(systemClock);
  const shared = { catalog, activator, policies, registry, database: store.database, holder };
  const parts = { ...shared, clock: systemClock, logger: silentLogger };
  triggers = new ConditionTriggers({ ...parts, book, occurrences });
  aggregator = new Aggregator({ ...parts, conditions: book });
  await triggers.start();
  await aggregator.start();
}

async function stop(): Promise<void> {
  await aggregator.stop();
  await triggers.stop();
  await world[Symbol.asyncDispose]();
}

const condition = (name: string, given: Record<string, CanonicalValue>): TriggerRegistration => ({
  ...{ key: `${name}:${JSON.stringify(given)}`, name, kind: "condition", arguments: given, any: [] },
  bindings: [],
});
const cpuAbove = (given: Record<string, CanonicalValue> = {}) =>
  condition("T.System.Resource.Cpu.Above", { percent: 80, ...given });

const tell = (host: string, cpuPercent: number, checks: readonly { key: string; holds: boolean }[] = []) =>
  book.told(host, {
    host,
    sample: create(HostSampleSchema, { cpuPercent }),
    checks: checks.map((check) => ({ ...check, problem: "" })),
  });

const readHosts = () =>
  store.database.query<{ host: string | null }>({
    name: "",
    text: "select host from executions order by execution_id",
  });

/** Hosts of so many executions, once they are there. */
async function activated(count: number): Promise<(string | null)[]> {
  for (let rows = await readHosts(); ; rows = await readHosts()) {
    if (rows.length >= count) return rows.map(({ host }) => host).toSorted((a, b) => (a ?? "").localeCompare(b ?? ""));
    await store.database.query({ name: "", text: "select pg_sleep(0.02)" });
  }
}

/** Until what was told is written. */
async function used(count: number): Promise<void> {
  const query = { name: "", text: "select count(*)::int as count from condition_uses" };
  for (let seen = -1; seen !== count; ) {
    seen = (await store.database.query<{ count: number }>(query))[0]?.count ?? -1;
  }
}

test("a condition activates once on each host, each time it comes to hold, whatever restarts", async () => {
  await register(store.database, { name: "High", triggers: [cpuAbove()] });
  await start();
  tell("a", 90);
  tell("b", 90);
  expect(await activated(2)).toEqual(["a", "b"]);
  // Neither between the limit and the clearing line nor after a restart is it news.
  await stop();
  await start();
  tell("a", 77);
  tell("b", 90);
  tell("b", 10);
  await used(1);
  tell("b", 90);
  expect(await activated(3)).toEqual(["a", "b", "b"]);
  expect(await readHosts()).toHaveLength(3);
});

test("hosts together hold where all do, or their mean does", async () => {
  await register(store.database, { name: "All", triggers: [cpuAbove({ across: "all" })] });
  await register(store.database, { name: "Mean", triggers: [cpuAbove({ across: "average" })] });
  await start();
  tell("a", 70);
  tell("b", 99);
  expect(await activated(1)).toEqual([null]);
  tell("a", 90);
  expect(await activated(2)).toEqual([null, null]);
});

test("an event waits until the conditions hold on its host", async () => {
  const file = fileTrigger("Created", "in/*");
  const inputs = [{ name: "path", type: "pg\\string" }];
  const there = condition("T.Check.File.Exists", { path: "go" });
  const id = await register(store.database, { name: "Gate", inputs, triggers: [file, there] });
  await start();
  const fields = { file_path: "x", timestamp: { $datetime: "2026-01-01T00:00:00Z" } };
  await world.occurrences.accept([{ pipelineId: id, triggerKey: file.key, fields, dedupeKey: null, host: "b" }]);
  tell("a", 0, [{ key: there.key, holds: true }]);
  tell("b", 0, [{ key: there.key, holds: false }]);
  expect(await readHosts()).toEqual([]);
  tell("b", 0, [{ key: there.key, holds: true }]);
  expect(await activated(1)).toEqual(["b"]);
});

test("a condition beside an event under T.Any is told as an event, and T.Assert holds or does not", async () => {
  const either = [fileTrigger("Created", "in/*"), condition("T.Assert", { condition: true })];
  const any = { key: "any", name: "T.Any", kind: "any", arguments: {}, bindings: [], any: either } as const;
  await register(store.database, { name: "Either", triggers: [{ ...any, bindings: [] }] });
  await register(store.database, { name: "Never", triggers: [condition("T.Assert", { condition: false })] });
  await start();
  expect(await activated(1)).toEqual([null]);
  await used(1);
  expect(await readHosts()).toHaveLength(1);
});

test("conditions of a pipeline that is started by hand do not start it", async () => {
  const cli: TriggerRegistration = { ...fileTrigger("Created", ""), key: "cli", name: "T.Polyglot.Application.Cli" };
  await register(store.database, { name: "ByHand", triggers: [cli, cpuAbove()] });
  await register(store.database, { name: "Alone", triggers: [cpuAbove()] });
  await start();
  tell("a", 90);
  await used(1);
  expect(await activated(1)).toEqual(["a"]);
});
