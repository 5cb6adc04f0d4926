/** Who of those who share a queue is next, as agents see it. */
import { expect, test } from "vitest";
import type { Database } from "../store/database.ts";
import { createTestDatabase } from "../store/test-database.ts";
import {
  activate,
  activation,
  declare,
  ended,
  placed,
  queueWorld,
  type QueueWorld,
  startQueue,
  TestAgent,
} from "./queue.fixture.ts";

/** Pipelines in the order in which they arrive; all are there before the first one starts. */
async function arrive(world: QueueWorld, database: Database, spec: object, pipelines: string): Promise<void> {
  await declare(world, database, "q", { ...spec, paused: true });
  const activations = pipelines
    .split("")
    .map((pipeline, n) => placed(world.registry, "q", n, { pipeline, inputs: { who: pipeline.toLowerCase() } }));
  await activate(database, ...activations);
}

/** The order in which the next ones start, one at a time. */
async function starts(world: QueueWorld, agent: TestAgent, count: number): Promise<string> {
  let order = "";
  for (let left = count; left > 0; left -= 1) {
    const dispatch = await agent.next();
    order += dispatch.pipelineId.slice("test#".length);
    await world.queue.settle(agent.sessionId, ended(dispatch));
    if (left > 1) world.queue.grant(agent.session as never, 1);
  }
  return order;
}

const orders = [
  { title: "each pipeline in turn", fairShare: { by: "pipeline" }, expected: "ABABABAA" },
  { title: "by weight", fairShare: { by: "pipeline", weights: { "test#B": 2 } }, expected: "ABBABAAA" },
  { title: "by the values of an input", fairShare: { by: "key", key: "who", weights: { b: 2 } }, expected: "ABBABAAA" },
  { title: "as one where all are of a namespace", fairShare: {}, expected: "AAAAABBB" },
];

test.for(orders)("those who share a queue start $title, and what one leaves is the others'", async (row) => {
  await using here = await queueWorld();
  await arrive(here, here.database, { fairShare: row.fairShare }, "AAAAABBB");
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  await declare(here, here.database, "q", { fairShare: row.fairShare });
  expect(await starts(here, agent, 8)).toBe(row.expected);
});

test("places that one had borrowed come back to whoever is below its part", async () => {
  await using here = await queueWorld();
  const spec = { concurrency: { max: 4 }, fairShare: { by: "pipeline" } };
  await arrive(here, here.database, spec, "AAAAAAAA");
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 100);
  await declare(here, here.database, "q", spec);
  const borrowed = [await agent.next(), await agent.next(), await agent.next(), await agent.next()];
  const late = [10, 11, 12].map((n) => placed(here.registry, "q", n, { pipeline: "B" }));
  // What is read with it is known once it has started.
  await activate(here.database, ...late, activation("Other"));
  await agent.next();
  const next: string[] = [];
  for (const dispatch of borrowed.slice(0, 3)) {
    await here.queue.settle(agent.sessionId, ended(dispatch));
    next.push((await agent.next()).pipelineId);
  }
  expect(next).toEqual(["test#B", "test#B", "test#A"]);
});

test("the next owner of a queue goes on where the last one stopped", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const fairShare = { by: "pipeline", weights: { "test#A": 3 } };
  let order = "";
  for (const id of ["c1", "c2", "c3"]) {
    await using world = await startQueue(database, id);
    if (id === "c1") await arrive(world, database, { fairShare }, "AAAAAAAABBBBBBBB");
    const agent = new TestAgent(`agent of ${id}`);
    await agent.connect(database, world.queue, 1);
    await declare(world, database, "q", { fairShare });
    order += await starts(world, agent, 4);
    await declare(world, database, "q", { fairShare, paused: true });
  }
  expect(order).toBe("ABAAABAAABAB");
});

test("what waited before a queue was shared has its share", async () => {
  await using here = await queueWorld();
  await arrive(here, here.database, {}, "AAABB");
  const spec = { fairShare: { by: "key", key: "who" } };
  const agent = new TestAgent("a1");
  await declare(here, here.database, "q", { ...spec, paused: true });
  // What has no key of its share comes again with one; the next arrival is read after it.
  await activate(here.database, placed(here.registry, "q", 9, { pipeline: "C", inputs: { who: "c" } }));
  await agent.connect(here.database, here.queue, 1);
  await declare(here, here.database, "q", spec);
  const order = await starts(here, agent, 6);
  expect(order.slice(1)).toHaveLength(5);
  const keys = await here.database.query({ name: "", text: "select distinct share_key from executions order by 1" });
  expect(keys).toEqual([{ share_key: "a" }, { share_key: "b" }, { share_key: "c" }]);
});
