/** What queues refuse, end without a start, and let go on again: through activations as they come from outside. */
import { expect, test } from "vitest";
import { announceObjects, writeObjects } from "../store/objects.ts";
import { activate, activation, ended, queueWorld, settledAs, stateOf, TestAgent } from "./queue.fixture.ts";

const place = { importance: 0, orderKey: 0, orderTie: 0, concurrencyKey: null, rateKey: null, deadlineAt: null };

test("what has waited as long as it may is a dead letter that says so", async () => {
  await using here = await queueWorld();
  const one = activation("A", { place: { ...place, waitUntil: new Date(Date.now() + 50) } });
  const end = settledAs(here.queue, one.activationId);
  await activate(here.database, one);
  expect(await end).toBe("dead_lettered");
  const letters = await here.database.query({
    name: "",
    text: "select reason, error ->> 'message' as said from dead_letters",
  });
  expect(letters).toEqual([
    { reason: "wait_timeout", said: expect.stringMatching(/^it waited [\d.]+ s in the queue 'Default'/) },
  ]);
});

test("a run that has begun does not end because of a wait", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const one = activation("A", { place: { ...place, waitUntil: new Date(Date.now() + 1_000) } });
  await activate(here.database, one);
  const dispatch = await agent.next();
  await here.database.query({ name: "", text: "update executions set wait_until = now() - interval '1 s'" });
  await here.queue.settle(agent.sessionId, ended(dispatch, { outcome: "failed" }));
  here.queue.grant(agent.session as never, 1);
  expect((await agent.next()).attemptNo).toBe(2);
});

test("what cannot end before its deadline is a dead letter with the estimate, when its turn comes", async () => {
  await using here = await queueWorld();
  await here.database.query({
    name: "",
    text: `insert into metrics_history (pipeline_id, node_id, minute, samples, cpu_time_ms, memory_peak_mb, duration_ms, conversion_overhead_ms)
      values ('test#A', '', now(), 2, 0, 0, 7200000, 0)`,
  });
  const deadlineAt = new Date(Date.now() + 60_000);
  const late = activation("A", { place: { ...place, deadlineAt, waitUntil: deadlineAt } });
  const intime = activation("B", { place: { ...place, deadlineAt, waitUntil: deadlineAt } });
  const end = settledAs(here.queue, late.activationId);
  await activate(here.database, late, intime);
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 5);
  expect((await agent.next()).executionId).toBe(intime.activationId);
  expect(await end).toBe("dead_lettered");
  const [letter] = await here.database.query<{ said: string }>({
    name: "",
    text: "select error ->> 'message' as said from dead_letters",
  });
  expect(letter?.said).toMatch(
    /cannot be met: a run takes 3600 s on the mean of 2 in a day, and \d+(\.\d)? s are left/,
  );
});

test("a pressed queue takes activations again once as few as its low mark wait", async () => {
  await using here = await queueWorld();
  const spec = { backpressure: { high: 3, low: 1 } };
  await writeObjects(
    here.database,
    [{ kind: "Queue", namespace: "", name: "q", spec, specDigest: "1", file: "q.yaml", inForce: true }],
    { repository: null, revision: null },
    new Date(),
  );
  await announceObjects(here.database, ["Queue"]);
  await activate(here.database, ...[1, 2, 3].map(() => activation("A", { queue: "q" })));
  await here.database.query({
    name: "",
    text: "insert into queue_states (queue, pressed, changed_at) values ('q', true, now())",
  });
  await here.registry.refresh();
  expect(here.registry.of("q").isPressed).toBe(true);
  const relieved = new Promise<void>((resolve) => {
    here.registry.onChange((changed) => {
      if (changed.some((one) => one.name === "q" && !one.isPressed)) resolve();
    });
  });
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 2);
  await agent.next();
  await relieved;
  expect(await stateOf(here.database, (await agent.next()).executionId)).toBe("running 1");
});
