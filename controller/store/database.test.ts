import { readdirSync } from "node:fs";
import { defaults } from "@polyglot/contracts";
import { silentLogger } from "@polyglot/service";
import { expect, test } from "vitest";
import { Database, StoreUnavailable } from "./database.ts";
import { migrate } from "./migrate.ts";
import { createTestDatabase } from "./test-database.ts";

const sql = (text: string) => ({ name: "", text });

test("a transaction that rejects leaves nothing behind, and its connection goes on", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const failing = database.transaction(async (transaction) => {
    await transaction.query(sql("insert into shards (shard) values ('x')"));
    throw new Error("changed its mind");
  });
  await expect(failing).rejects.toThrow("changed its mind");
  expect(await database.query(sql("select 1 from shards"))).toEqual([]);
});

test("a cut connection is StoreUnavailable, and the next statement finds a new one", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await expect(database.query(sql("select pg_terminate_backend(pg_backend_pid())"))).rejects.toThrow(StoreUnavailable);
  expect(await database.query(sql("select 1 as one"))).toEqual([{ one: 1 }]);
});

test("a connection that breaks between two statements of a transaction ends the transaction, and nothing else", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const broken = database.transaction(async (transaction) => {
    const [own] = await transaction.query<{ pid: number }>(sql("select pg_backend_pid() as pid"));
    const pid = own?.pid ?? 0;
    await database.query({ name: "", text: "select pg_terminate_backend($1)" }, [pid]);
    const left = { name: "", text: "select pid from pg_stat_activity where pid = $1" };
    while ((await database.query(left, [pid])).length > 0);
    await transaction.query(sql("select 1"));
  });
  await expect(broken).rejects.toThrow(StoreUnavailable);
  expect(await database.query(sql("select 1 as one"))).toEqual([{ one: 1 }]);
});

test("a server that is not there is StoreUnavailable at opening", async () => {
  await expect(Database.open("postgres:///x?host=/nonexistent&user=x", silentLogger)).rejects.toThrow(StoreUnavailable);
});

test("notifications arrive in order, and a reconnected listener is told that it may have missed some", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const heard: (string | undefined)[] = [];
  let wake: () => void = () => undefined;
  await database.listen("polyglot_test", (payload) => {
    heard.push(payload);
    wake();
  });
  const until = async (count: number) => {
    while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  await database.query(sql("select pg_notify('polyglot_test', 'a')"));
  await database.query(sql("select pg_notify('polyglot_test', 'b')"));
  await until(3);
  await database.query(
    sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'",
    ),
  );
  await until(4);
  await database.query(sql("select pg_notify('polyglot_test', 'c')"));
  await until(5);
  expect(heard).toEqual([undefined, "a", "b", undefined, "c"]);
});

test("a statement that the server rolled back, as in a deadlock, is to be sent again", async () => {
  await using store = await createTestDatabase();
  const rolledBack = sql("do $$ begin raise exception using errcode = '40P01'; end $$");
  await expect(store.database.query(rolledBack)).rejects.toThrow(StoreUnavailable);
});

test("controllers that start at once migrate once", async () => {
  await using store = await createTestDatabase();
  await store.database.query(sql("drop schema public cascade"));
  await store.database.query(sql("create schema public"));
  const applied = await Promise.all([1, 2, 3].map(() => migrate(store.database)));
  expect(applied.flat().toSorted()).toEqual(readdirSync(new URL("migrations", import.meta.url)).toSorted());
});

test("states that contradict each other do not fit into the schema", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await database.query(
    sql(`insert into activations (activation_id, pipeline_id, trigger_name, trigger_context, inputs, at)
      values ('00000000-0000-7000-8000-000000000000', 'a#B', 'run', '{}', '{}', now())`),
  );
  const insert = (columns: string, values: string) =>
    database.query(
      sql(`insert into executions
        (execution_id, pipeline_id, plan_digest, queue, shard, priority, max_attempts, due_at, enqueued_at, ${columns})
        values ('00000000-0000-7000-8000-000000000000', 'a#B', 'd', 'q', 's', 0, 1, now(), now(), ${values})`),
    );
  await expect(insert("state", "'running'")).rejects.toThrow("check constraint");
  await expect(insert("attempt_no", "2")).rejects.toThrow("check constraint");
});

test("a transaction whose program stands still loses its locks, sooner than a lease runs out", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const [limit] = await database.query<{ ms: number }>(
    sql("select setting::integer as ms from pg_settings where name = 'idle_in_transaction_session_timeout'"),
  );
  expect(limit?.ms).toBeGreaterThan(0);
  expect(limit?.ms).toBeLessThan(defaults.leaseMs);
  const asleep = database.transaction(async (transaction) => {
    await transaction.query(sql("set local idle_in_transaction_session_timeout = 20"));
    const [own] = await transaction.query<{ pid: number }>(sql("select pg_backend_pid() as pid"));
    const left = { name: "", text: "select pid from pg_stat_activity where pid = $1" };
    while ((await database.query(left, [own?.pid ?? 0])).length > 0);
    await transaction.query(sql("select 1"));
  });
  await expect(asleep).rejects.toThrow(StoreUnavailable);
});
