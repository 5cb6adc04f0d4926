import { expect, test, vi } from "vitest";
import { shardOfQueue } from "../../leader/shard-names.ts";
import { createTestDatabase } from "../../store/test-database.ts";
import { activate, activation, startQueue, TestAgent } from "../queue.fixture.ts";

const waiting = (pipeline: string, queue: string) => activation(pipeline, { queue });

test("each look counts what is before by the order of its queue, and who has the places", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await database.query({
    name: "",
    text: `insert into objects (kind, namespace, name, spec, spec_digest, updated_at)
      values ('Queue', '', 'newest', '{"type": "lifo", "concurrency": {"max": 1}}', 'x', now())`,
  });
  await using world = await startQueue(database);
  const agent = new TestAgent("a1");
  await agent.connect(database, world.queue, 10);
  const [running] = await activate(database, waiting("A", "newest"));
  await agent.next();
  const [oldest, newest] = await activate(database, waiting("A", "newest"), waiting("B", "newest"));
  const places = { condition: "queue-places", used: 1, limit: 1, heldBy: [running] };
  expect(await world.queue.explain(newest ?? "")).toMatchObject({ ...places, before: 0 });
  expect(await world.queue.explain(oldest ?? "")).toMatchObject({ ...places, before: 1 });
  expect(await world.queue.explain(running ?? "")).toBeUndefined();
});

test("priorities with an end of ageing are counted as they stand now", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await database.query({
    name: "",
    text: `insert into objects (kind, namespace, name, spec, spec_digest, updated_at)
      values ('Queue', '', 'aged', '{"type": "priority", "priority": {"ageing": {"every": "1s", "by": 1, "max": 5}}}', 'x', now())`,
  });
  await using world = await startQueue(database);
  const at = (secondsAgo: number, priority: number) =>
    activation("A", { queue: "aged", priority, at: new Date(Date.now() - secondsAgo * 1_000) });
  const [gained, high, low] = await activate(database, at(3_600, 0), at(0, 9), at(3_600, -9));
  const before = async (id = "") => (await world.queue.explain(id))?.before;
  expect(await Promise.all([high, gained, low].map(before))).toEqual([0, 1, 2]);
});

/** In one transaction, more than one read of what waits takes. */
const insertMany = {
  name: "",
  text: `with made as (
      insert into activations (activation_id, pipeline_id, trigger_name, trigger_context, inputs, at)
      select gen_random_uuid(), 'test#A', 'run', '{}', '{}', now()
      from generate_series(1, 12000)
      returning activation_id
    )
    insert into executions
      (execution_id, pipeline_id, plan_digest, queue, shard, priority, max_attempts, due_at, enqueued_at)
    select activation_id, 'test#A', 'sha256:none', 'Default', $1, 0, 3, now(), now()
    from made`,
};

test("with 12,000 before it an answer is eight queries, and says that it counted 10,000", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await database.query(insertMany, [shardOfQueue("Default")]);
  const [last] = await activate(database, activation("A"));
  await using world = await startQueue(database);
  const asked = vi.spyOn(database, "query");
  expect(await world.queue.explain(last ?? "")).toMatchObject({ condition: "no-agent", before: 10_000 });
  expect(asked.mock.calls.length).toBeLessThanOrEqual(8);
});
