/** What the store refuses and keeps of durable executions: fencing, approvals, replays. */
import { randomUUID } from "node:crypto";
import {
  type AgentId,
  createExecutionId,
  type ExecutionId,
  type PipelineId,
  type PlanDigest,
} from "@polyglot/contracts";
import { expect, test } from "vitest";
import { insertActivations, insertReplays } from "./activations.ts";
import { openSession } from "./agents.ts";
import { decideApproval, expireApprovals, readApprovals, requestApprovals, suspendAttempt } from "./approvals.ts";
import { type AttemptClaim, readCheckpoints, saveCheckpoints } from "./checkpoints.ts";
import type { Queryable } from "./database.ts";
import { cancelWaiting, claimExecutions, type Settlement, settleAttempts } from "./executions.ts";
import { readExecution, readExecutions } from "./listings.ts";
import { removeOldExecutions } from "./retention.ts";
import { holdShards, seedShards } from "./shards.ts";
import { createTestDatabase } from "./test-database.ts";
import { feedStart, readWaiting } from "./waiting.ts";

const shard = "queue/0";
const agentId = "a1" as AgentId;
const everything = { pipelineId: "", state: "", queue: "", before: "", limit: 50 };

/** One execution whose attempt 1 runs. */
async function world() {
  const store = await createTestDatabase();
  const { database } = store;
  const sessionId = randomUUID();
  await seedShards(database, [shard]);
  await holdShards(database, "c1", [shard], 10_000);
  await openSession(database, agentId, sessionId, 10_000, {});
  const executionId = await activate(database);
  const claim = (id = executionId) =>
    claimExecutions(database, "c1", [{ shard, term: 1 }], [{ executionId: id, agentId, sessionId }]);
  await claim();
  const attempt: AttemptClaim = { executionId, attemptNo: 1, sessionId, agentId };
  const settle = (changes: Partial<Settlement> = {}) =>
    settleAttempts(database, [settlement(executionId, sessionId, changes)]);
  const ask = (...nodeIds: string[]) =>
    requestApprovals(
      database,
      attempt,
      nodeIds.map((nodeId) => ({ nodeId, message: `ship ${nodeId}?`, timeoutSeconds: null })),
    );
  const suspend = (waitsFor: readonly string[], changes: { attemptNo?: number; sessionId?: string } = {}) =>
    suspendAttempt(database, {
      ...settlement(executionId, sessionId, changes),
      ...{ waitsFor },
    });
  const approve = (nodeId: string) =>
    decideApproval(database, executionId, { nodeId, decision: "approved", decidedBy: "ann", reply: "" });
  const waiting = async () => (await readWaiting(database, [shard], feedStart, 100)).executions;
  const close = () => store[Symbol.asyncDispose]();
  return {
    ...{ database, executionId, sessionId, attempt, claim, settle, ask, suspend, approve, waiting },
    [Symbol.asyncDispose]: close,
  };
}

async function activate(database: Queryable): Promise<ExecutionId> {
  const activationId = createExecutionId();
  await insertActivations(database, [
    {
      activationId,
      pipelineId: "a#B" as PipelineId,
      dedupeKey: null,
      triggerName: "run",
      triggerKey: null,
      triggerContext: {},
      inputs: { n: 1 },
      revision: "r1",
      planDigest: "sha256:x" as PlanDigest,
      queue: "Default",
      shard,
      priority: 7,
      host: "h1",
      maxAttempts: 3,
      at: new Date(),
    },
  ]);
  return activationId;
}

const settlement = (executionId: ExecutionId, sessionId: string, changes: Partial<Settlement>): Settlement => ({
  executionId,
  attemptNo: 1,
  sessionId,
  nextState: "failed",
  outcome: "failed",
  outputs: null,
  error: null,
  metrics: null,
  steps: "[]",
  exitCode: null,
  cleanup: "done",
  startedAt: new Date(),
  endedAt: new Date(),
  dueAt: null,
  deadLetter: null,
  ...changes,
});

const step = (nodeId: string, ending: string) => ({ nodeId, ending });

test("what an attempt commits is read by the next one, as it was written", async () => {
  await using held = await world();
  const { database, attempt, executionId } = held;
  const ending = '{"values":[1,"a\\u0000b",{"$int":"9007199254740993"}]}';
  const batches = [
    { attempt, checkpoints: [step("run.0", ending)] },
    { attempt, checkpoints: [step("run.1", "{}")] },
  ];
  expect(await saveCheckpoints(database, batches)).toEqual([true, true]);
  expect(await readCheckpoints(database, executionId)).toEqual([step("run.0", ending), step("run.1", "{}")]);
});

test("a step that is committed stays as it is", async () => {
  await using held = await world();
  const { database, attempt, executionId } = held;
  await saveCheckpoints(database, [{ attempt, checkpoints: [step("run.0", "1")] }]);
  await saveCheckpoints(database, [{ attempt, checkpoints: [step("run.0", "2")] }]);
  expect(await readCheckpoints(database, executionId)).toEqual([step("run.0", "1")]);
});

test.each([
  ["an older attempt", { attemptNo: 0 }],
  ["another session", { sessionId: randomUUID() }],
  ["another agent", { agentId: "a2" as AgentId }],
])("%s commits nothing, asks nothing and waits for nothing", async (_who, changes) => {
  await using held = await world();
  const { database, executionId } = held;
  const stale = { ...held.attempt, ...changes };
  expect(await saveCheckpoints(database, [{ attempt: stale, checkpoints: [step("run.0", "1")] }])).toEqual([false]);
  expect(await requestApprovals(database, stale, [{ nodeId: "run.0", message: "", timeoutSeconds: null }])).toBe(false);
  expect(await expireApprovals(database, stale)).toBe(false);
  expect(await readCheckpoints(database, executionId)).toEqual([]);
  expect(await readApprovals(database, executionId)).toEqual([]);
});

test("an attempt that has ended commits nothing, while others of the same batch do", async () => {
  await using held = await world();
  const { database, attempt, settle, claim, executionId, sessionId } = held;
  const other = await activate(database);
  await claim(other);
  await settle({ nextState: "waiting" });
  const batches = [attempt, { ...attempt, executionId: other }].map((one) => ({
    attempt: one,
    checkpoints: [step("run.0", "1")],
  }));
  expect(await saveCheckpoints(database, batches)).toEqual([false, true]);
  await claim();
  expect(await saveCheckpoints(database, [{ attempt, checkpoints: [step("run.0", "1")] }])).toEqual([false]);
  expect(await readCheckpoints(database, executionId)).toEqual([]);
  expect(await held.suspend(["run.0"], { sessionId })).toBe(false);
});

test("an execution that waits for a person is not read as waiting, and uses up no attempt", async () => {
  await using held = await world();
  const { database, ask, suspend, waiting, executionId } = held;
  await ask("run.1");
  expect(await suspend(["run.1"])).toBe(true);
  expect(await waiting()).toEqual([]);
  const row = await readExecution(database, executionId);
  expect(row).toMatchObject({ state: "waiting", attempt_no: 1, max_attempts: 4 });
  expect(row?.approvals).toMatchObject([{ node_id: "run.1", message: "ship run.1?", expires_at: null }]);
  expect((await readExecutions(database, everything))[0]?.approvals).toHaveLength(1);
});

test("an approval makes it due at once, and is made once", async () => {
  await using held = await world();
  const { ask, suspend, approve, waiting, executionId } = held;
  await ask("run.1");
  await suspend(["run.1"]);
  expect(await approve("run.1")).toMatchObject({ decision: "approved", decided_by: "ann" });
  expect(await approve("run.1")).toBeUndefined();
  expect((await waiting()).map((one) => [one.executionId, one.maxAttempts])).toEqual([[executionId, 4]]);
});

test("one that was approved while its attempt still ran is due as soon as that has ended", async () => {
  await using held = await world();
  const { ask, suspend, approve, waiting } = held;
  await ask("run.1");
  expect(await approve("run.1")).toMatchObject({ decision: "approved" });
  await suspend(["run.1"]);
  expect(await waiting()).toHaveLength(1);
});

test("a decision that comes while the attempt ends is not missed", async () => {
  await using held = await world();
  const { database, executionId, ask, suspend, approve, waiting } = held;
  await ask("run.1");
  const lock = sql("select from executions where execution_id = $1 for update");
  const both = await database.transaction(async (transaction) => {
    await transaction.query(lock, [executionId]);
    const suspended = suspend(["run.1"]);
    await blocked(database, 1);
    const approved = approve("run.1");
    // Either it waits for the lock as well, or it has not looked at it and is done.
    await Promise.race([approved, blocked(database, 2)]);
    return [suspended, approved];
  });
  await Promise.all(both);
  expect(await waiting()).toHaveLength(1);
});

const sql = (text: string) => ({ name: "", text });

/** Resolves when so many statements wait for a lock of this database. */
async function blocked(database: Queryable, count: number): Promise<void> {
  const query = sql("select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
  while ((await database.query(query)).length < count);
}

test("what nothing waits for any more is withdrawn", async () => {
  await using held = await world();
  const { database, ask, suspend, approve, executionId } = held;
  await ask("run.1", "run.2");
  await suspend(["run.2"]);
  expect((await readApprovals(database, executionId)).map((row) => row.node_id)).toEqual(["run.2"]);
  expect(await approve("run.1")).toBeUndefined();
});

test("an approval that nobody gave in time is expired for good", async () => {
  await using held = await world();
  const { database, attempt, approve, executionId } = held;
  await requestApprovals(database, attempt, [{ nodeId: "run.1", message: "", timeoutSeconds: 0 }]);
  expect(await approve("run.1")).toBeUndefined();
  expect(await expireApprovals(database, attempt)).toBe(true);
  expect(await readApprovals(database, executionId)).toMatchObject([{ decision: "expired", decided_by: null }]);
});

test("an execution that is cancelled while it waits cannot be approved", async () => {
  await using held = await world();
  const { database, ask, suspend, approve, executionId } = held;
  await ask("run.1");
  await suspend(["run.1"]);
  expect(await cancelWaiting(database, executionId)).toBe(true);
  expect(await approve("run.1")).toBeUndefined();
});

const replay = (of: string, changes: { dedupeKey?: string; fromStart?: boolean } = {}) => ({
  of,
  activationId: createExecutionId(),
  dedupeKey: null,
  triggerName: "replay",
  triggerContext: { replay_of: of },
  at: new Date(),
  fromStart: false,
  ...changes,
});

test("a replay has plan, inputs, queue and host of the first one, its attempts without waits, and its checkpoints", async () => {
  await using held = await world();
  const { database, attempt, ask, suspend, approve, claim, settle, waiting, executionId } = held;
  await saveCheckpoints(database, [{ attempt, checkpoints: [step("run.0", "1")] }]);
  await ask("run.1");
  await suspend(["run.1"]);
  await approve("run.1");
  await claim();
  const one = replay(executionId);
  expect(await insertReplays(database, [one])).toEqual(new Set());
  await settle({ attemptNo: 2 });
  expect(await insertReplays(database, [one])).toEqual(new Set([one.activationId]));
  expect(await waiting()).toMatchObject([
    { executionId: one.activationId, planDigest: "sha256:x", priority: 7, host: "h1", attemptNo: 0, maxAttempts: 3 },
  ]);
  expect(await readCheckpoints(database, one.activationId)).toEqual([step("run.0", "1")]);
  expect(await readExecution(database, one.activationId)).toMatchObject({ inputs: { n: 1 }, revision: "r1" });
});

test("a replay from the start takes nothing over, and a key starts one only", async () => {
  await using held = await world();
  const { database, attempt, settle, executionId } = held;
  await saveCheckpoints(database, [{ attempt, checkpoints: [step("run.0", "1")] }]);
  await settle();
  const first = replay(executionId, { fromStart: true, dedupeKey: "retry:x" });
  expect(await insertReplays(database, [first])).toEqual(new Set([first.activationId]));
  expect(await insertReplays(database, [replay(executionId, { dedupeKey: "retry:x" })])).toEqual(new Set());
  expect(await readCheckpoints(database, first.activationId)).toEqual([]);
});

test("checkpoints and approvals go with their execution", async () => {
  await using held = await world();
  const { database, attempt, ask, settle, executionId } = held;
  await saveCheckpoints(database, [{ attempt, checkpoints: [step("run.0", "1")] }]);
  await ask("run.1");
  await settle();
  expect(await removeOldExecutions(database, new Date(Date.now() + 60_000), 10)).toBe(1);
  expect(await readCheckpoints(database, executionId)).toEqual([]);
  expect(await readApprovals(database, executionId)).toEqual([]);
});
