import type { CanonicalValue, TriggerRegistration } from "@polyglot/contracts";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ShardHolder } from "../leader/shard-holder.ts";
import { readActivations } from "../store/activation-log.ts";
import { readLatched } from "../store/latched-events.ts";
import { createTestDatabase, type TestDatabase } from "../store/test-database.ts";
import { triggerShards } from "../leader/shard-names.ts";
import { ConditionBook } from "./conditions/condition-book.ts";
import { Aggregator } from "./aggregator.ts";
import { announceObjects } from "../store/objects.ts";
import { declare, fileTrigger, register, startTriggers, type TriggerWorld } from "./triggers.fixture.ts";

let store: TestDatabase;
let world: TriggerWorld;
let holder: ShardHolder;
let aggregator: Aggregator;

beforeEach(async () => {
  store = await createTestDatabase();
  holder = new ShardHolder(store.database, systemClock, silentLogger, { controllerId: "one", url: "" });
  await holder.start();
});
afterEach(async () => {
  await aggregator.stop();
  await world[Symbol.asyncDispose]();
  await holder.stop();
  await store[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  world = await startTriggers(store.database);
  const { catalog, activator, policies, registry } = world;
  aggregator = new Aggregator({
    catalog,
    activator,
    policies,
    registry,
    conditions: new ConditionBook(systemClock),
    database: store.database,
    holder,
    clock: systemClock,
    logger: silentLogger,
  });
  await aggregator.start();
}

const with_ = (trigger: TriggerRegistration, given: Record<string, CanonicalValue>, input = "path") => ({
  ...trigger,
  arguments: { ...trigger.arguments, ...given },
  bindings: [{ field: "file_path", input }],
});

const happened = (pipelineId: string, trigger: TriggerRegistration, path: string, dedupeKey: string | null = null) => ({
  pipelineId,
  triggerKey: trigger.key,
  fields: { file_path: path, timestamp: { $datetime: "2026-01-01T00:00:00Z" } },
  dedupeKey,
  host: null,
});

/** The inputs of so many activations, once they are there. */
async function activated(count: number): Promise<string[]> {
  for (;;) {
    const rows = await store.database.query<{ inputs: object }>({
      name: "",
      text: "select inputs from activations order by activation_id",
    });
    if (rows.length >= count) return rows.map((row) => JSON.stringify(row.inputs));
    await store.database.query({ name: "", text: "select pg_sleep(0.02)" });
  }
}

test("all triggers have to come, an event stays until then, and each is used once", async () => {
  const left = with_(fileTrigger("Created", "l/*"), {}, "left");
  const right = with_(fileTrigger("Created", "r/*"), {}, "right");
  const inputs = ["left", "right"].map((name) => ({ name, type: "pg\\string" }));
  const id = await register(store.database, { name: "Both", inputs, triggers: [left, right] });
  await start();
  const first = await world.occurrences.accept([happened(id, left, "l1"), happened(id, left, "l2")]);
  expect(first).toEqual([{ kind: "waiting" }, { kind: "waiting" }]);
  // It outlives whoever waited for it.
  await aggregator.stop();
  await start();
  await world.occurrences.accept([happened(id, right, "r1")]);
  expect(await activated(1)).toEqual(['{"left":"l1","right":"r1"}']);
  await world.occurrences.accept([happened(id, right, "r2")]);
  expect(await activated(2)).toContain('{"left":"l2","right":"r2"}');
  expect(await readLatched(store.database, triggerShards)).toEqual([]);
});

test("a batch gives its values as lists, and the same key activates once", async () => {
  const batch = with_(fileTrigger("Created", "b/*"), { batch: 2 }, "paths");
  const once = with_(fileTrigger("Created", "k/*"), { key: "file_path" });
  const many = await register(store.database, {
    name: "Many",
    inputs: [{ name: "paths", type: "pg\\list" }],
    triggers: [batch],
  });
  const one = await register(store.database, {
    name: "One",
    inputs: [{ name: "path", type: "pg\\string" }],
    triggers: [once],
  });
  await start();
  await world.occurrences.accept([happened(many, batch, "1"), happened(many, batch, "2")]);
  expect(await activated(1)).toEqual(['{"paths":["1","2"]}']);
  const decisions = await world.occurrences.accept([happened(one, once, "k"), happened(one, once, "k")]);
  expect(decisions.map(({ kind }) => kind)).toEqual(["waiting", "duplicate"]);
  expect((await world.occurrences.accept([happened(one, once, "k")])).map(({ kind }) => kind)).toEqual(["duplicate"]);
  expect(await activated(2)).toHaveLength(2);
});

test("an event that is sent five times at once waits once", async () => {
  const left = with_(fileTrigger("Created", "l/*"), {});
  const right = with_(fileTrigger("Created", "r/*"), {});
  const inputs = [{ name: "path", type: "pg\\string" }];
  const id = await register(store.database, { name: "Both", inputs, triggers: [left, right] });
  await start();
  await Promise.all(Array.from({ length: 5 }, () => world.occurrences.accept([happened(id, left, "l", "same")])));
  expect(await readLatched(store.database, triggerShards)).toHaveLength(1);
});

test("what waits for a pipeline that is gone is passed over, and says so", async () => {
  const calm = with_(fileTrigger("Created", "l/*"), { debounce: { $duration: { months: 0, seconds: 60 } } });
  const inputs = [{ name: "path", type: "pg\\string", default: null }];
  const id = await register(store.database, { name: "Gone", inputs, triggers: [calm] });
  await start();
  await world.occurrences.accept([happened(id, calm, "l")]);
  await register(store.database, { name: "Gone", inputs, triggers: [] });
  await world.catalog.refresh();
  await world.log.written();
  for (let rows = 1; rows > 0; ) rows = (await readLatched(store.database, triggerShards)).length;
  await aggregator.stop();
  await world.log.written();
  const told = await readActivations(store.database, id, "filtered", 10);
  expect(told.map((row) => row.reason)).toEqual(["the pipeline has no such trigger any more"]);
});

test("an event stays while its queue is full, and activates once there is room", async () => {
  await declare(store.database, "Queue", "Default", { maxSize: 1, overflow: "reject" });
  await announceObjects(store.database, ["Queue"]);
  const batch = with_(fileTrigger("Created", "b/*"), { batch: 2 });
  const inputs = [{ name: "path", type: "pg\\list" }];
  const id = await register(store.database, { name: "Slow", inputs, triggers: [batch] });
  await start();
  const paths = ["1", "2", "3", "4"];
  await world.occurrences.accept(paths.map((path) => happened(id, batch, path)));
  expect(await activated(1)).toEqual(['{"path":["1","2"]}']);
  const left = await readLatched(store.database, triggerShards);
  expect(left.map((event) => event.fields["file_path"])).toEqual(["3", "4"]);
  await store.database.query({ name: "", text: "update executions set state = 'cancelled', ended_at = now()" });
  expect(await activated(2)).toContain('{"path":["3","4"]}');
});
