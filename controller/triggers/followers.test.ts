import { expect, test } from "vitest";
import { triggerShards } from "../leader/shard-names.ts";
import { RunningAttempts } from "../store/attempt.fixture.ts";
import { cancelWaiting } from "../store/executions.ts";
import { readLatched } from "../store/latched-events.ts";
import { register } from "./triggers.fixture.ts";

const first = "io.test>Triggers#First";

const after = (outcome: string) => ({
  key: outcome,
  name: "T.Polyglot.Pipeline.Completed",
  kind: "event" as const,
  arguments: { pipeline: "First", outcome },
  bindings: [],
  any: [],
});

test("an outcome commits the events of what follows it, once, and of those alone that it is for", async () => {
  await using running = await RunningAttempts.create();
  const { database } = running;
  await register(database, { name: "Then", triggers: ["succeeded", "failed", "any"].map(after) });
  const told = async () =>
    (await readLatched(database, triggerShards)).map(
      ({ triggerKey, fields }) => `${triggerKey}: ${fields["outcome"] as string}`,
    );
  const attempt = await running.start(first);
  await running.settle(attempt, "waiting");
  expect(await told()).toEqual([]);
  const second = await running.claim(attempt.executionId);
  expect(await running.settle(attempt, "succeeded")).toBe(false);
  expect(await told()).toEqual([]);
  await running.settle(second, "succeeded");
  await running.settle(second, "succeeded");
  await running.settle(await running.start("io.test>Triggers#Other"), "succeeded");
  expect((await told()).toSorted()).toEqual(["any: succeeded", "succeeded: succeeded"]);
});

test("a plan that is not in force follows nothing, and one that is cancelled before its start has ended", async () => {
  await using running = await RunningAttempts.create();
  const { database } = running;
  await register(database, { name: "Then", triggers: [after("any")] });
  const attempt = await running.start(first);
  await running.settle(attempt, "waiting");
  await cancelWaiting(database, attempt.executionId);
  const [event] = await readLatched(database, triggerShards);
  expect(event?.fields).toMatchObject({ outcome: "cancelled", execution_id: attempt.executionId, pipeline_id: first });
  await register(database, { name: "Then", triggers: [] });
  await running.settle(await running.start(first), "succeeded");
  expect(await readLatched(database, triggerShards)).toHaveLength(1);
});
