/** Orders and limits of declared queues, as agents see them. */
import { expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import {
  activate,
  activation,
  declare,
  ended,
  placed,
  queueWorld,
  startQueue,
  stateOf,
  TestAgent,
} from "./queue.fixture.ts";

const orders = [
  { type: "fifo", priorities: [0, 0, 0, 0], expected: [0, 1, 2, 3] },
  { type: "lifo", priorities: [0, 0, 0, 0], expected: [3, 2, 1, 0] },
  { type: "priority", priorities: [1, 5, 3, 5], expected: [1, 3, 2, 0] },
] as const;

test.for(orders)("a queue of type $type gives what waits in its order", async ({ type, priorities, expected }) => {
  await using here = await queueWorld();
  await declare(here, here.database, "q", { type });
  await activate(here.database, ...priorities.map((priority, n) => placed(here.registry, "q", n, { priority })));
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 4);
  const got: number[] = [];
  for (let left = 4; left > 0; left -= 1) got.push(JSON.parse((await agent.next()).inputs).n);
  expect(got).toEqual(expected);
});

test("a queue that becomes one of another type orders what waits already", async () => {
  await using here = await queueWorld();
  await declare(here, here.database, "q", { paused: true });
  await activate(here.database, ...[1, 5, 3].map((priority, n) => placed(here.registry, "q", n, { priority })));
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  await declare(here, here.database, "q", { type: "priority" });
  const got: number[] = [];
  for (let left = 3; left > 0; left -= 1) {
    const dispatch = await agent.next();
    got.push(JSON.parse(dispatch.inputs).n);
    await here.queue.settle(agent.sessionId, ended(dispatch));
    here.queue.grant(agent.session as never, 1);
  }
  expect(got.slice(1)).toEqual([1, 2, 0].filter((n) => n !== got[0]));
});

test("no more run at once than the queue allows, and one that ends makes room for the next", async () => {
  await using here = await queueWorld();
  await declare(here, here.database, "q", { concurrency: { max: 2 } });
  const ids = await activate(here.database, ...[0, 1, 2].map((n) => placed(here.registry, "q", n)));
  const other = await activate(here.database, activation("B"));
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 10);
  const first = [await agent.next(), await agent.next(), await agent.next()];
  expect(new Set(first.map((one) => one.executionId))).toEqual(new Set([ids[0], ids[1], other[0]]));
  expect(await stateOf(here.database, ids[2] ?? "")).toBe("waiting 0");
  await here.queue.settle(agent.sessionId, ended(first.find((one) => one.executionId === ids[0]) as never));
  expect((await agent.next()).executionId).toBe(ids[2]);
});

test("a key at its limit holds up none of another key", async () => {
  await using here = await queueWorld();
  await declare(here, here.database, "q", { concurrency: { perKey: { key: "who", max: 1 } } });
  const keyed = (who: string) => placed(here.registry, "q", 0, { inputs: { who } });
  const [a1 = "", a2 = "", b1 = ""] = await activate(here.database, keyed("a"), keyed("a"), keyed("b"));
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 10);
  const first = await agent.next();
  expect([first.executionId, (await agent.next()).executionId]).toEqual([a1, b1]);
  expect(await stateOf(here.database, a2)).toBe("waiting 0");
  await here.queue.settle(agent.sessionId, ended(first));
  expect((await agent.next()).executionId).toBe(a2);
});

test("a paused queue gives nothing until it goes on, and holds up no other", async () => {
  await using here = await queueWorld();
  await declare(here, here.database, "q", { paused: true });
  const [held = ""] = await activate(here.database, placed(here.registry, "q", 0));
  const [free] = await activate(here.database, activation("B"));
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 10);
  expect((await agent.next()).executionId).toBe(free);
  await declare(here, here.database, "q", { paused: false });
  expect((await agent.next()).executionId).toBe(held);
});

test("starts are metered, and the next owner goes on from what the store has", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const agent = new TestAgent("a1");
  {
    await using first = await startQueue(database, "c1");
    await declare(first, database, "q", { rateLimit: { limit: 1, period: "1h" } });
    await activate(database, placed(first.registry, "q", 0), placed(first.registry, "q", 1));
    await agent.connect(database, first.queue, 5);
    await agent.next();
  }
  await using second = await startQueue(database, "c2");
  const other = new TestAgent("a2");
  await other.connect(database, second.queue, 5);
  const [free] = await activate(database, activation("B"));
  expect((await other.next()).executionId).toBe(free);
  const waiting = await database.query({ name: "", text: "select 1 from executions where state = 'waiting'" });
  expect(waiting).toHaveLength(1);
});

test("a queue says which errors of its pipelines are tried again", async () => {
  await using here = await queueWorld();
  await declare(here, here.database, "q", { retry: { strategy: "immediate", errors: ["py\\!TimeoutError"] } });
  const [again = "", never = ""] = await activate(
    here.database,
    ...[0, 1].map((n) => ({ ...placed(here.registry, "q", n), maxAttempts: 3 })),
  );
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 2);
  const types = new Map([
    [again, "py\\!TimeoutError"],
    [never, "py\\!KeyError"],
  ]);
  for (let left = 2; left > 0; left -= 1) {
    const dispatch = await agent.next();
    const error = JSON.stringify({ type: types.get(dispatch.executionId), message: "no" });
    await here.queue.settle(agent.sessionId, ended(dispatch, { outcome: "failed", error }));
  }
  expect(await stateOf(here.database, again)).toBe("waiting 1");
  expect(await stateOf(here.database, never)).toBe("dead_lettered 1");
  expect(await here.database.query({ name: "", text: "select reason from dead_letters" })).toEqual([
    { reason: "not_retried" },
  ]);
});
