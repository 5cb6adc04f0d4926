import { silentLogger, systemClock } from "@polyglot/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../store/test-database.ts";
import { Retention } from "./retention.ts";

const dayMs = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const clock = { ...systemClock, now: () => now };
const holding = { termOf: () => 1 };

let store: TestDatabase;

beforeEach(async () => {
  store = await createTestDatabase();
});
afterEach(() => store[Symbol.asyncDispose]());

const run = (text: string, values: readonly unknown[] = []) =>
  store.database.query<Record<string, unknown>>({ name: "", text }, values);

/** An execution that is this many days old, with an attempt, a log line and its activation. */
async function addExecution(days: number, state: string): Promise<void> {
  const at = new Date(now - days * dayMs);
  const hex = at.getTime().toString(16).padStart(12, "0");
  const [row] = await run(
    "insert into activations (activation_id, pipeline_id, trigger_name, trigger_context, inputs, at) values (($1 || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid, 'a#B', 'run', '{}', '{}', $2) returning activation_id",
    [hex, at],
  );
  const id = row?.["activation_id"];
  const isOver = state !== "waiting";
  await run(
    "insert into executions (execution_id, pipeline_id, plan_digest, queue, shard, priority, state, max_attempts, due_at, enqueued_at, ended_at) values ($1, 'a#B', '', 'Default', 'queue/0', 0, $2, 3, $3, $3, $4)",
    [id, state, at, isOver ? at : null],
  );
  await run(
    "insert into attempts (execution_id, attempt_no, outcome, cleanup, claimed_at, ended_at) values ($1, 1, 'failed', 'none', $2, $2)",
    [id, at],
  );
  await run("insert into artifacts values ($1, 'a', 1, 1, 'x', $2)", [id, at]);
  await run("insert into attempt_calls values ($1, 1, 'n', 1, null)", [id]);
  await run("insert into logs values ($1, 1, 1, $2, 'info', '', 'line')", [id, at]);
}

const count = async (table: string) => Number((await run(`select count(*) as rows from ${table}`))[0]?.["rows"]);

test("old outcomes leave with all that belongs to them; the young, the unfinished and dead letters stay", async () => {
  await addExecution(31, "succeeded");
  await addExecution(400, "cancelled");
  await addExecution(29, "succeeded");
  await addExecution(31, "waiting");
  await addExecution(31, "dead_lettered");
  await run(
    "insert into dead_letters (execution_id, queue, pipeline_id, reason, at) select execution_id, queue, pipeline_id, 'attempts_used_up', now() from executions where state = 'dead_lettered'",
  );
  const retention = new Retention(store.database, holding, clock, silentLogger);
  expect(await retention.runOnce()).toMatchObject({ executions: 2 });
  for (const table of ["activations", "executions", "attempts", "artifacts", "logs"]) {
    expect(await count(table)).toBe(3);
  }
});

test("a dead letter leaves as other executions do once it is settled, and is settled at its queue's time", async () => {
  for (const days of [31, 29]) {
    await addExecution(days, "dead_lettered");
  }
  await run(
    "insert into dead_letters (execution_id, queue, pipeline_id, reason, at) select execution_id, queue, pipeline_id, 'attempts_used_up', ended_at from executions",
  );
  const retention = new Retention(store.database, holding, clock, silentLogger);
  expect(await retention.runOnce()).toMatchObject({ deadLetters: 1, executions: 1 });
  expect(await run("select settled_as from dead_letters")).toEqual([{ settled_as: null }]);
});

test("calls of attempts that have ended leave at once", async () => {
  await addExecution(0, "succeeded");
  const retention = new Retention(store.database, holding, clock, silentLogger);
  expect(await retention.runOnce()).toMatchObject({ calls: 1, executions: 0 });
  expect(await count("attempt_calls")).toBe(0);
});

test("tokens, metrics, loads of hosts, figures of queues and controllers that are long over leave", async () => {
  const token =
    "insert into tokens (token_hash, kind, name, role, expires_at, used_at) values ($1, 'join', 'j', 'agent', $2, $3)";
  const at = (days: number) => new Date(now - days * dayMs);
  await run(token, [Buffer.from("expired"), at(8), null]);
  await run(token, [Buffer.from("used"), at(-1), at(8)]);
  await run(token, [Buffer.from("valid"), at(-1), null]);
  await run("insert into metrics_history values ('a#B', '', $1, 1, 1, 1, 1, 1), ('a#B', '', $2, 1, 1, 1, 1, 1)", [
    at(91),
    at(1),
  ]);
  await run("insert into host_history values ('a', 'x', -1, $1, 1, 1, 1, 1), ('a', 'x', -1, $2, 1, 1, 1, 1)", [
    at(15),
    at(13),
  ]);
  await run("insert into queue_history (queue, pipeline_id, minute) values ('q', 'a#B', $1), ('q', 'a#B', $2)", [
    at(91),
    at(89),
  ]);
  await run("insert into controllers values ('gone', '', $1), ('here', '', $2)", [at(2), at(0)]);
  const retention = new Retention(store.database, holding, clock, silentLogger);
  expect(await retention.runOnce()).toEqual({
    calls: 0,
    deadLetters: 0,
    events: 0,
    executions: 0,
    occurrences: 0,
    queues: 1,
    keys: 0,
    notifications: 0,
    tokens: 2,
    metrics: 1,
    hosts: 1,
    controllers: 1,
  });
});

test("a controller that does not hold the shard removes nothing", async () => {
  await addExecution(31, "succeeded");
  const retention = new Retention(store.database, { termOf: () => undefined }, clock, silentLogger);
  expect(await retention.runOnce()).toMatchObject({ executions: 0 });
  expect(await count("executions")).toBe(1);
});
