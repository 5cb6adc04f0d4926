import type { CanonicalValue, TriggerRegistration } from "@polyglot/contracts";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ShardHolder } from "../leader/shard-holder.ts";
import { createTestDatabase, type TestDatabase } from "../store/test-database.ts";
import { EffectiveSettings } from "../policies/effective-settings.ts";
import type { PolicyBook } from "../policies/policy-book.ts";
import type { Settings } from "../policies/settings.ts";
import { ManualClock } from "./manual-clock.fixture.ts";
import { Scheduler } from "./scheduler.ts";
import { declare, register, startTriggers, type TriggerWorld } from "./triggers.fixture.ts";

let store: TestDatabase;
let world: TriggerWorld;
let holder: ShardHolder;

beforeEach(async () => {
  store = await createTestDatabase();
  holder = new ShardHolder(store.database, systemClock, silentLogger, { controllerId: "one", url: "" });
  await holder.start();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await holder.stop();
  await store[Symbol.asyncDispose]();
});

const schedule = (name: string, given: Record<string, CanonicalValue>): TriggerRegistration => ({
  key: `${name}-1`,
  name: `T.Schedule.${name}`,
  kind: "event",
  arguments: given,
  bindings: [{ field: "scheduled_at", input: "at" }],
  any: [],
});

const everyMinute = schedule("Cron", { expression: "* * * * *" });
const at = { name: "at", type: "pg\\datetime" };
const inputs = [at];

const overlapping = (word: Settings["overlap"]): Pick<PolicyBook, "of" | "calendarsOf" | "onChange"> => {
  const settings = new EffectiveSettings([{ source: "test", said: { overlap: word } }]);
  return { of: () => settings, calendarsOf: () => [], onChange: () => () => undefined };
};

const start = async (
  clock: ManualClock,
  said?: Pick<PolicyBook, "of" | "calendarsOf" | "onChange">,
): Promise<Scheduler> => {
  const { catalog, policies, log, occurrences } = world;
  const scheduler = new Scheduler({
    catalog,
    policies: said ?? policies,
    log,
    occurrences,
    database: store.database,
    holder,
    clock,
    logger: silentLogger,
  });
  await scheduler.start();
  await clock.idle();
  return scheduler;
};

async function activated(): Promise<string[]> {
  const rows = await store.database.query<{ line: string }>({
    name: "",
    text: "select substr(trigger_context -> 'scheduled_at' ->> '$datetime', 12, 5) || ' ' || (trigger_context ->> 'missed') as line from activations order by 1",
  });
  return rows.map((row) => row.line);
}

test("each time activates once, for the one who holds the shard and for one who tells it too", async () => {
  await register(store.database, { name: "Often", inputs, triggers: [everyMinute] });
  world = await startTriggers(store.database);
  const clock = new ManualClock("2026-06-01T10:00:30Z");
  const two = [await start(clock), await start(clock)];
  for (const now of ["10:01:00", "10:01:00.5", "10:02:00", "10:03:00"]) await clock.set(`2026-06-01T${now}Z`);
  for (const scheduler of two) await scheduler.stop();
  expect(await activated()).toEqual(["10:01 0", "10:02 0", "10:03 0"]);
});

test("a restart tells what was missed by the trigger's policy, and nothing twice", async () => {
  const policies = ["one", "all", "none"].map((word) => schedule("Cron", { expression: "* * * * *", catch_up: word }));
  for (const [index, trigger] of policies.entries()) {
    await register(store.database, { name: `P${index}`, inputs, triggers: [trigger] });
  }
  world = await startTriggers(store.database);
  const clock = new ManualClock("2026-06-01T10:00:30Z");
  const first = await start(clock);
  await clock.set("2026-06-01T10:01:00Z");
  await first.stop();
  const later = new ManualClock("2026-06-01T10:04:30Z");
  const second = await start(later);
  await second.stop();
  expect(await activated()).toEqual([
    ...["10:01 0", "10:01 0", "10:01 0"],
    "10:02 1",
    ...["10:03 1", "10:03 2"],
    ...["10:04 0", "10:04 0", "10:04 0"],
  ]);
});

test("a time at which a calendar is closed is not due, by namespace and by configuration", async () => {
  await register(store.database, { name: "Often", inputs, triggers: [everyMinute] });
  const calendar = { covers: ["schedules"], timezone: "UTC" };
  const morning = { ...calendar, mode: "allow", windows: [{ from: "10:00", to: "10:04" }], namespaces: ["io.test"] };
  const pause = { ...calendar, mode: "forbid", windows: [{ from: "10:02", to: "10:03" }] };
  await declare(store.database, "Calendar", "morning", morning);
  await declare(store.database, "Calendar", "pause", pause);
  await declare(store.database, "PipelineConfig", "often", { selector: {}, calendar: "pause" });
  world = await startTriggers(store.database);
  const clock = new ManualClock("2026-06-01T10:00:30Z");
  const scheduler = await start(clock);
  for (const now of ["10:01", "10:02", "10:03", "10:04", "12:00"]) await clock.set(`2026-06-01T${now}:00Z`);
  await scheduler.stop();
  expect(await activated()).toEqual(["10:01 0", "10:03 0"]);
});

test("a clock that jumps back tells nothing again, and one that jumps forward misses nothing", async () => {
  await register(store.database, { name: "Often", inputs, triggers: [everyMinute] });
  world = await startTriggers(store.database);
  const clock = new ManualClock("2026-06-01T10:00:30Z");
  const scheduler = await start(clock);
  for (const now of ["10:01:00", "08:00:00", "10:01:30", "10:02:00", "12:02:00"]) await clock.set(`2026-06-01T${now}Z`);
  await scheduler.stop();
  expect(await activated()).toEqual(["10:01 0", "10:02 0", "12:00 118", "12:01 0", "12:02 0"]);
});

test("a schedule that went and comes back begins anew", async () => {
  await register(store.database, { name: "Often", inputs, triggers: [everyMinute] });
  world = await startTriggers(store.database);
  const clock = new ManualClock("2026-06-01T10:00:30Z");
  const scheduler = await start(clock);
  const change = async (triggers: TriggerRegistration[], now: string) => {
    await register(store.database, { name: "Often", inputs: [{ ...at, default: null }], triggers });
    await world.catalog.refresh();
    await clock.set(now);
  };
  await change([], "2026-06-01T10:30:30Z");
  await change([everyMinute], "2026-06-01T10:31:00Z");
  await scheduler.stop();
  expect(await activated()).toEqual(["10:31 0"]);
});

test("whoever does not hold the shard tells nothing", async () => {
  await register(store.database, { name: "Often", inputs, triggers: [everyMinute] });
  world = await startTriggers(store.database);
  await holder.stop();
  const clock = new ManualClock("2026-06-01T10:00:30Z");
  const scheduler = await start(clock);
  await clock.set("2026-06-01T10:01:00Z");
  await scheduler.stop();
  expect(await activated()).toEqual([]);
});

test.each<[Settings["overlap"], string[], string]>([
  ["allow", ["10:01 0", "10:02 0", "10:03 0"], "waiting waiting waiting"],
  ["skip", ["10:01 0", "10:03 0"], "succeeded waiting"],
  ["wait", ["10:01 0", "10:02 0"], "succeeded waiting"],
  ["replace", ["10:01 0", "10:02 0", "10:03 0"], "cancelled cancelled waiting"],
])("a time that comes while the execution of the last one has no outcome: %s", async (word, told, states) => {
  await register(store.database, { name: "Slow", inputs, triggers: [everyMinute] });
  world = await startTriggers(store.database);
  const clock = new ManualClock("2026-06-01T10:00:30Z");
  const scheduler = await start(clock, overlapping(word));
  await clock.set("2026-06-01T10:01:00Z");
  await clock.set("2026-06-01T10:02:00Z");
  // What replaces the first execution has cancelled it already.
  const end = "update executions set state = 'succeeded' where state = 'waiting' and $1 in ('skip', 'wait')";
  await store.database.query({ name: "", text: end }, [word]);
  await clock.set("2026-06-01T10:02:30Z");
  await clock.set("2026-06-01T10:03:00Z");
  await scheduler.stop();
  expect(await activated()).toEqual(told);
  const rows = await store.database.query<{ state: string }>({
    name: "",
    text: "select state from executions order by execution_id",
  });
  expect(rows.map((row) => row.state).join(" ")).toBe(states);
});
