/** Executions that the steps of others start. */
import { randomUUID } from "node:crypto";
import { createExecutionId } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { insertActivations } from "./activations.ts";
import { newActivation, RunningAttempts } from "./attempt.fixture.ts";
import { readAttempts } from "./executions.ts";
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

test.each(["succeeded", "waiting"] as const)(
  "a branch that outlives a run that is %s then runs as an execution of its own",
  async (next) => {
    await using here = await RunningAttempts.create();
    const parent = await here.start();
    const branch = { executionId: createExecutionId(), nodeId: "run.0" };
    expect(await here.settle(parent, next, [branch])).toBe(true);
    const [running] = await readAttempts(here.database, [branch.executionId]);
    expect(running).toMatchObject({ attemptNo: 1, maxAttempts: 1, sessionId: here.sessionId, agentId: "a1" });
    expect(await readExecution(here.database, branch.executionId)).toMatchObject({
      ...{ pipeline_id: "a#B", trigger_name: "background", parent_id: parent.executionId, inputs: {} },
      trigger_context: { parent_id: parent.executionId, node_id: "run.0" },
    });
    expect(await here.settle({ ...parent, executionId: branch.executionId }, "succeeded")).toBe(true);
  },
);

test("branches of an attempt that is stale do not become executions", async () => {
  await using here = await RunningAttempts.create();
  const [stale, other] = [await here.start(), await here.start()];
  await here.settle(stale, "succeeded");
  const branch = { executionId: createExecutionId(), nodeId: "run.0" };
  expect(await here.settle(stale, "succeeded", [branch])).toBe(false);
  expect(await readExecution(here.database, branch.executionId)).toBeUndefined();
  expect(await here.settle(other, "succeeded", [branch])).toBe(true);
});
