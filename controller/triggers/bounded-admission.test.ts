/** What queues take and refuse, decided with the activation. */
import { expect, test } from "vitest";
import type { Database } from "../store/database.ts";
import { announceObjects, writeObjects } from "../store/objects.ts";
import { createTestDatabase } from "../store/test-database.ts";
import type { ActivationRequest } from "./activator.ts";
import { register, startTriggers } from "./triggers.fixture.ts";

async function declare(database: Database, name: string, spec: object): Promise<void> {
  const object = { kind: "Queue", namespace: "", name, spec, specDigest: JSON.stringify(spec), file: "q.yaml" };
  await writeObjects(database, [{ ...object, inForce: true }], { repository: null, revision: null }, new Date());
  await announceObjects(database, ["Queue"]);
}

const event = (pipelineId: string, dedupeKey: string | null = null): ActivationRequest => ({
  ...{ pipelineId, dedupeKey, triggerName: "run", triggerKey: null, host: null },
  triggerContext: { timestamp: "2026-01-01T00:00:00Z" },
  inputs: {},
});

const outcomes = [
  { overflow: "reject", decisions: ["activated", "activated", "queue/full"], states: ["waiting", "waiting"] },
  {
    overflow: "dead-letter",
    decisions: ["activated", "activated", "activated"],
    states: ["waiting", "waiting", "dead_lettered"],
  },
  {
    overflow: "drop-oldest",
    decisions: ["activated", "activated", "activated"],
    states: ["cancelled", "waiting", "waiting"],
  },
] as const;

test.for(outcomes)("a full queue whose overflow is $overflow", async ({ overflow, decisions, states }) => {
  await using store = await createTestDatabase();
  const { database } = store;
  await declare(database, "Default", { maxSize: 2, overflow });
  const id = await register(database, { name: "A" });
  await using here = await startTriggers(database);
  const got = await here.activator.activate([event(id), event(id), event(id)]);
  expect(got.map((one) => (one.kind === "refused" ? one.code : one.kind))).toEqual(decisions);
  const rows = await database.query<{ state: string }>({
    name: "",
    text: "select state from executions order by sequence",
  });
  expect(rows.map((row) => row.state)).toEqual(states);
});

test("a limit holds for activations that come at once, and what came before is a duplicate however full it is", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await declare(database, "Default", { maxSize: 10 });
  const id = await register(database, { name: "A" });
  await using one = await startTriggers(database);
  await using two = await startTriggers(database);
  const sends = Array.from({ length: 40 }, (_, at) =>
    (at % 2 === 0 ? one : two).activator.activate([event(id, `k${at}`)]),
  );
  const decisions = (await Promise.all(sends)).flat();
  expect(decisions.filter((decision) => decision.kind === "activated")).toHaveLength(10);
  const first = decisions.findIndex((decision) => decision.kind === "activated");
  const [again] = await one.activator.activate([event(id, `k${first}`)]);
  expect(again?.kind).toBe("duplicate");
});

test("a queue at its high mark refuses, and says so to sources", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  await declare(database, "Default", { backpressure: { high: 2, low: 1 } });
  const id = await register(database, { name: "A" });
  await using here = await startTriggers(database);
  const decisions = await here.activator.activate([event(id), event(id), event(id)]);
  expect(decisions.map((one) => (one.kind === "refused" ? one.code : one.kind))).toEqual([
    ...["activated", "activated", "queue/pressed"],
  ]);
  const states = await database.query({ name: "", text: "select queue, pressed from queue_states" });
  expect(states).toEqual([{ queue: "Default", pressed: true }]);
});
