import { canonicalJson, createBundle, digestOfPlan, type Plan, type PlanDigest } from "@polyglot/contracts";
import { expect, test } from "vitest";
import type { Database } from "../../store/database.ts";
import { announceObjects, writeObjects } from "../../store/objects.ts";
import { writeBundles, writePlans } from "../../store/plans.ts";
import { createTestDatabase } from "../../store/test-database.ts";
import { writeRollups } from "../../store/metrics-history.ts";
import { cordonAgent, countRunning } from "../../store/cordons.ts";
import { activate, activation, ended, startQueue, stateOf, TestAgent } from "../queue.fixture.ts";

const mib = 2 ** 20;

/** A plan of a pipeline that calls nothing. */
async function plan(database: Database, name: string): Promise<PlanDigest> {
  const value: Plan = {
    ...{ version: 1, pipeline_id: `test#${name}`, inputs: [], triggers: [], callees: {}, wrappers: [], runtimes: {} },
    ...{ setup: [], run: [], cleanup: [], outputs: [], queue: { queue: "Default" } },
  };
  const bundle = createBundle(new Map());
  const digest = digestOfPlan(value);
  await writeBundles(database, [bundle]);
  const stored = {
    digest,
    pipelineId: `test#${name}`,
    plan: canonicalJson(value),
    positions: {},
    bundle: bundle.digest,
  };
  await writePlans(database, [stored]);
  return digest;
}

async function declare(database: Database, kind: string, spec: object): Promise<void> {
  const object = {
    kind,
    namespace: "",
    name: "one",
    spec,
    specDigest: JSON.stringify(spec),
    file: "o.yaml",
    inForce: true,
  };
  await database.transaction(async (transaction) => {
    await writeObjects(transaction, [object], { repository: null, revision: null }, new Date());
    await announceObjects(transaction, [kind]);
  });
}

const load = (memoryFreeMb: number) => ({
  cpuPercent: 10,
  memoryTotalBytes: 4_000 * mib,
  memoryUsedBytes: (4_000 - memoryFreeMb) * mib,
  workerMemoryBytes: 0,
  diskFreeBytes: 4_000 * mib,
  gpus: [],
});

test("two executions never spend the same memory, and what asks for none goes on beside them", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const heavy = await plan(database, "Heavy");
  const light = await plan(database, "Light");
  await declare(database, "ResourcePolicy", { selector: { pipelines: ["test#Heavy"] }, requests: { memory: "600Mi" } });
  await using world = await startQueue(database);
  const agent = new TestAgent("a1");
  agent.load = load(1_000);
  await agent.connect(database, world.queue, 10);
  const [first, second] = await activate(
    database,
    activation("Heavy", { planDigest: heavy }),
    activation("Heavy", { planDigest: heavy }),
  );
  const dispatched = await agent.next();
  expect(dispatched.executionId).toBe(first);
  const [beside] = await activate(database, activation("Light", { planDigest: light }));
  expect((await agent.next()).executionId).toBe(beside);
  await world.queue.settle(agent.sessionId, ended(dispatched));
  expect((await agent.next()).executionId).toBe(second);
});

test("an execution waits for an agent with room, and gets it when its host says so", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const heavy = await plan(database, "Heavy");
  await declare(database, "ResourcePolicy", { selector: {}, requests: { memory: "600Mi" } });
  await using world = await startQueue(database);
  const agent = new TestAgent("a1");
  agent.load = load(500);
  await agent.connect(database, world.queue, 10);
  const [waiting] = await activate(database, activation("Heavy", { planDigest: heavy }));
  const [pinned] = await activate(database, activation("Any"));
  expect((await agent.next()).executionId).toBe(pinned);
  const wait = await world.queue.explain(waiting ?? "");
  expect(wait).toMatchObject({ condition: "resources", message: "host a1 has 500 MB free, needs 600" });
  agent.load = load(700);
  world.queue.sampled();
  expect((await agent.next()).executionId).toBe(waiting);
});

test("what runs were seen to take is set aside in place of what is asked for, within the limit", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const hungry = await plan(database, "Hungry");
  const policy = { selector: {}, learn: true, requests: { memory: "10Mi" }, limits: { memory: "600Mi" } };
  await declare(database, "ResourcePolicy", policy);
  const seen = { pipelineId: "test#Hungry", nodeId: "", minute: Date.now(), samples: 9, memoryPeakMb: 700 };
  await writeRollups(database, [{ ...seen, cpuTimeMs: 9, durationMs: 90, conversionOverheadMs: 0 }]);
  await using world = await startQueue(database);
  const agent = new TestAgent("a1");
  agent.load = load(1_000);
  await agent.connect(database, world.queue, 10);
  const one = () => activation("Hungry", { planDigest: hungry });
  const [first, second] = await activate(database, one(), one());
  expect((await agent.next()).executionId).toBe(first);
  expect(await world.queue.explain(second ?? "")).toMatchObject({
    condition: "resources",
    message: "host a1 has 400 MB free, needs 600, as 9 runs took",
  });
});

test("a rule's required labels hold, and a pool that drains gets nothing until it does not", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const digest = await plan(database, "Labelled");
  const rule = { match: { pipelines: ["test#Labelled"] }, require: { gpu: "yes" } };
  await declare(database, "RoutingPolicy", { rules: [rule] });
  await declare(database, "ExecutionerPool", { selector: { labels: { gpu: "yes" } }, drain: true });
  await using world = await startQueue(database);
  const plain = new TestAgent("plain");
  const fitting = new TestAgent("fitting", "h2", { labels: { gpu: "yes" } });
  await plain.connect(database, world.queue, 10);
  await fitting.connect(database, world.queue, 20);
  const [labelled] = await activate(database, activation("Labelled", { planDigest: digest }));
  const [any] = await activate(database, activation("Any"));
  expect((await plain.next()).executionId).toBe(any);
  await declare(database, "ExecutionerPool", { selector: { labels: { gpu: "yes" } }, drain: false });
  expect((await fitting.next()).executionId).toBe(labelled);
});

test("an agent that people closed gets nothing until it is open again, and says how many run there", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await using world = await startQueue(database);
  const agent = new TestAgent("a1");
  await agent.connect(database, world.queue, 10);
  const [before] = await activate(database, activation("Any"));
  const running = await agent.next();
  expect(running.executionId).toBe(before);
  expect(await cordonAgent(database, "a1", true, "alice")).toBe(true);
  const [waiting] = await activate(database, activation("Any"));
  expect(await countRunning(database, "a1")).toBe(1);
  await world.queue.settle(agent.sessionId, ended(running));
  expect(await countRunning(database, "a1")).toBe(0);
  expect(await stateOf(database, waiting ?? "")).toBe("waiting 0");
  await cordonAgent(database, "a1", false, "alice");
  expect((await agent.next()).executionId).toBe(waiting);
  expect(await cordonAgent(database, "nobody", true, "alice")).toBe(false);
});
