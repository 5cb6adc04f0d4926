/** Executions that the steps of others start. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { insertActivations } from "./activations.ts";
import { newActivation, RunningAttempts } from "./attempt.fixture.ts";
import { readExecution } from "./listings.ts";

test("an execution that a step starts knows its parent, and the parent knows it", async () => {
  await using here = await RunningAttempts.create();
  const parent = await here.start();
  const child = newActivation({ parent });
  const other = newActivation();
  expect(await insertActivations(here.database, [child, other])).toEqual(
    new Set([child.activationId, other.activationId]),
  );
  expect(await readExecution(here.database, child.activationId)).toMatchObject({ parent_id: parent.executionId });
  expect(await readExecution(here.database, other.activationId)).toMatchObject({ parent_id: null });
  expect(await readExecution(here.database, parent.executionId)).toMatchObject({ child_ids: [child.activationId] });
});

test("a call of the next attempt starts nothing again", async () => {
  await using here = await RunningAttempts.create();
  const first = await here.start();
  await insertActivations(here.database, [newActivation({ parent: first, dedupeKey: "call" })]);
  await here.settle(first, "waiting");
  const second = await here.claim(first.executionId);
  const again = await insertActivations(here.database, [newActivation({ parent: second, dedupeKey: "call" })]);
  expect(again.size).toBe(0);
  expect((await readExecution(here.database, first.executionId))?.child_ids).toHaveLength(1);
});

test("a stale attempt starts nothing, and does not hold up the others", async () => {
  await using here = await RunningAttempts.create();
  const ended = await here.start();
  await here.settle(ended, "succeeded");
  const running = await here.start();
  const foreign = newActivation({ parent: { ...running, sessionId: randomUUID() } });
  const allowed = newActivation({ parent: running });
  const started = await insertActivations(here.database, [newActivation({ parent: ended }), foreign, allowed]);
  expect(started).toEqual(new Set([allowed.activationId]));
});
