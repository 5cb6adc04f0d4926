import { type Clock, silentLogger, systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import type { Database } from "../store/database.ts";
import { createTestDatabase } from "../store/test-database.ts";
import { ShardHolder } from "./shard-holder.ts";
import { allShards, shardsOf } from "./shard-names.ts";

/** A clock that stands still until the test moves it; sleeping on it never ends but by its signal. */
class StoppedClock implements Clock {
  at = 0;
  now = () => systemClock.now();
  monotonic = () => this.at;
  sleep = (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
}

const holder = (database: Database, controllerId: string, clock: Clock = new StoppedClock()) =>
  new ShardHolder(database, clock, silentLogger, { controllerId, url: `https://${controllerId}` });

test("every shard has one owner among the live controllers, and one that leaves moves only its own", () => {
  const three = ["a", "b", "c"];
  const owned = three.map((id) => shardsOf(id, three));
  expect(owned.flat().sort()).toEqual([...allShards].sort());
  for (const id of ["a", "b"])
    expect(shardsOf(id, ["a", "b"])).toEqual(expect.arrayContaining([...shardsOf(id, three)]));
});

test("one controller alone holds everything, and gives it back when it stops", async () => {
  await using store = await createTestDatabase();
  const one = holder(store.database, "a");
  await one.start();
  expect(one.held.map((held) => held.shard).sort()).toEqual([...allShards].sort());
  await one.stop();
  const two = holder(store.database, "b");
  await two.start();
  expect(two.held).toHaveLength(allShards.length);
  expect(two.held.every((held) => held.term === 2)).toBe(true);
  await two.stop();
});

test("a shard whose lease is over goes to another at the next term", async () => {
  await using store = await createTestDatabase();
  const lost = holder(store.database, "a");
  await lost.start();
  await store.database.query({ name: "", text: "update shards set lease_until = now() - interval '1 s'" });
  await store.database.query({ name: "", text: "delete from controllers" });
  const next = holder(store.database, "b");
  await next.start();
  expect(next.termOf("gitops")).toBe(2);
  await next.stop();
});

test("a controller that was killed and starts anew holds its shards at once, at the next term", async () => {
  await using store = await createTestDatabase();
  const start = (controllerId: string, family: string) =>
    new ShardHolder(store.database, new StoppedClock(), silentLogger, { controllerId, family, url: "https://x" });
  const killed = start("one.first", "one.");
  await killed.start();
  const next = start("one.second", "one.");
  await next.start();
  expect(next.held).toHaveLength(allShards.length);
  expect(next.termOf("gitops")).toBe(2);
  const other = start("two.first", "two.");
  await other.start();
  expect(other.held).toEqual([]);
  for (const one of [other, next]) await one.stop();
});

test("what could not be renewed is dropped by the own clock before others may take it", async () => {
  await using store = await createTestDatabase();
  const clock = new StoppedClock();
  const one = holder(store.database, "a", clock);
  await one.start();
  const changes: number[] = [];
  one.onChange((held) => changes.push(held.length));
  clock.at += 10_001;
  expect(one.held).toEqual([]);
  expect(changes).toEqual([0]);
  await one.stop();
});

test("a controller that comes is told of, and gets its share", async () => {
  await using store = await createTestDatabase();
  const start = async (controllerId: string) => {
    const options = { controllerId, url: `https://${controllerId}`, renewMs: 20 };
    const one = new ShardHolder(store.database, systemClock, silentLogger, options);
    await one.start();
    return one;
  };
  const first = await start("a");
  const told = new Promise<void>((resolve) => first.onCensus(resolve));
  const second = await start("b");
  await told;
  expect(first.liveControllers.map(({ url }) => url)).toEqual(["https://a", "https://b"]);
  while (second.held.length === 0) await new Promise<void>((resolve) => second.onChange(() => resolve()));
  for (const one of [second, first]) await one.stop();
});
