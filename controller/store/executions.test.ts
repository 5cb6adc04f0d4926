/** What the store itself refuses, whoever asks: fencing by term, session and attempt number. */
import { randomUUID } from "node:crypto";
import {
  type AgentId,
  createExecutionId,
  type ExecutionId,
  type PipelineId,
  type PlanDigest,
} from "@polyglot/contracts";
import { expect, test } from "vitest";
import { insertActivations } from "./activations.ts";
import { expireAgents, openSession, renewAgents } from "./agents.ts";
import type { Queryable } from "./database.ts";
import { claimExecutions, readRunning, type Settlement, settleAttempts } from "./executions.ts";
import { holdShards, seedShards } from "./shards.ts";
import { createTestDatabase } from "./test-database.ts";
import { type FeedPosition, feedStart, readWaiting, type WaitingPage } from "./waiting.ts";

const shard = "queue/0";
const agentId = "a1" as AgentId;

/** One execution that waits, a shard held at term 1, an agent with a lease. */
async function world() {
  const store = await createTestDatabase();
  const { database } = store;
  const sessionId = randomUUID();
  await seedShards(database, [shard]);
  await holdShards(database, "c1", [shard], 10_000);
  await openSession(database, agentId, sessionId, 10_000, {});
  const [executionId] = await wait(database, 1);
  const claim = (changes: { term?: number; controller?: string; session?: string } = {}) =>
    claimExecutions(
      database,
      changes.controller ?? "c1",
      [{ shard, term: changes.term ?? 1 }],
      [{ executionId: executionId as ExecutionId, agentId, sessionId: changes.session ?? sessionId }],
    );
  const settle = (changes: Partial<Settlement> = {}) =>
    settleAttempts(database, [settlement(executionId as ExecutionId, sessionId, changes)]);
  const state = async () => {
    const rows = await database.query<{ state: string }>({
      name: "",
      text: "select state::text || ' ' || attempt_no as state from executions",
    });
    return rows[0]?.state;
  };
  return { database, claim, settle, state, sessionId, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

async function wait(database: Queryable, count: number): Promise<ExecutionId[]> {
  const ids = Array.from({ length: count }, createExecutionId);
  await insertActivations(
    database,
    ids.map((activationId) => ({
      activationId,
      pipelineId: "a#B" as PipelineId,
      dedupeKey: null,
      triggerName: "run",
      triggerKey: null,
      triggerContext: {},
      inputs: {},
      revision: null,
      planDigest: "sha256:x" as PlanDigest,
      queue: "Default",
      shard,
      priority: 0,
      host: null,
      maxAttempts: 3,
      at: new Date(),
    })),
  );
  return ids;
}

const settlement = (executionId: ExecutionId, sessionId: string, changes: Partial<Settlement>): Settlement => ({
  executionId,
  attemptNo: 1,
  sessionId,
  nextState: "succeeded",
  outcome: "succeeded",
  outputs: "{}",
  error: null,
  metrics: null,
  steps: null,
  exitCode: null,
  cleanup: "none",
  startedAt: null,
  endedAt: new Date(),
  dueAt: null,
  deadLetter: null,
  ...changes,
});

test("a claim takes the holder, its term, and an agent whose session has its lease", async () => {
  await using here = await world();
  expect(await here.claim({ term: 0 })).toEqual([]);
  expect(await here.claim({ term: 2 })).toEqual([]);
  expect(await here.claim({ controller: "c2" })).toEqual([]);
  expect(await here.claim({ session: randomUUID() })).toEqual([]);
  expect(await here.state()).toBe("waiting 0");
  expect(await here.claim()).toMatchObject([{ attempt_no: 1 }]);
  expect(await here.claim()).toEqual([]);
});

test("a claim is refused when the shard's or the agent's lease is over", async () => {
  await using here = await world();
  const { database } = here;
  await database.query({ name: "", text: "update shards set lease_until = now() - interval '1 s'" });
  expect(await here.claim()).toEqual([]);
  await database.query({ name: "", text: "update shards set lease_until = now() + interval '1 h'" });
  await database.query({ name: "", text: "update agents set lease_until = now() - interval '1 s'" });
  expect(await here.claim()).toEqual([]);
});

test.each([
  ["an earlier attempt", { attemptNo: 0 }],
  ["a later attempt", { attemptNo: 2 }],
  ["another session", { sessionId: randomUUID() }],
])("a result of %s changes nothing and leaves no record", async (_whose, changes) => {
  await using here = await world();
  await here.claim();
  expect((await here.settle(changes)).size).toBe(0);
  expect(await here.state()).toBe("running 1");
  expect(await here.database.query({ name: "", text: "select 1 from attempts" })).toEqual([]);
  expect((await here.settle()).size).toBe(1);
});

test("an execution has one outcome: what comes after it changes nothing", async () => {
  await using here = await world();
  await here.claim();
  await here.settle();
  expect((await here.settle({ nextState: "failed", outcome: "failed" })).size).toBe(0);
  expect(await here.state()).toBe("succeeded 1");
});

test("outcome, record and dead letter are one: a record that exists already undoes all of it", async () => {
  await using here = await world();
  await here.claim();
  await here.database.query({
    name: "",
    text: `insert into attempts (execution_id, attempt_no, outcome, cleanup, claimed_at, ended_at)
      select execution_id, 1, 'lost', 'none', now(), now() from executions`,
  });
  const buried = {
    nextState: "dead_lettered",
    outcome: "failed",
    deadLetter: { reason: "attempts_used_up", queue: null, fingerprint: "f" },
  } as const;
  await expect(here.settle(buried)).rejects.toThrow("duplicate key");
  expect(await here.state()).toBe("running 1");
  expect(await here.database.query({ name: "", text: "select 1 from dead_letters" })).toEqual([]);
});

test("a lease that ran out is not renewed, and its attempts are no longer held", async () => {
  await using here = await world();
  const { database, sessionId } = here;
  await here.claim();
  const renewal = { agentId, sessionId, sample: null };
  expect((await renewAgents(database, [renewal], 10_000)).size).toBe(1);
  expect(await readRunning(database, [shard], 10)).toMatchObject([{ held: true }]);
  await database.query({ name: "", text: "update agents set lease_until = now() - interval '1 s'" });
  expect((await renewAgents(database, [renewal], 10_000)).size).toBe(0);
  expect(await readRunning(database, [shard], 10)).toMatchObject([{ held: false }]);
  expect(await expireAgents(database)).toEqual([agentId]);
});

test("what a late transaction commits is read, though younger ones were read before it", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  let commitLate: () => void = () => undefined;
  const mayCommit = new Promise<void>((resolve) => (commitLate = resolve));
  let lateId: ExecutionId | undefined;
  let written: () => void = () => undefined;
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const late = database.transaction(async (transaction) => {
    [lateId] = await wait(transaction, 1);
    written();
    await mayCommit;
  });
  await isWritten;
  const [youngId] = await wait(database, 1);
  const first = await readWaiting(database, [shard], feedStart, 100);
  expect(first.executions.map((one) => one.executionId)).toEqual([youngId]);
  commitLate();
  await late;
  const second = await readWaiting(database, [shard], behind(first), 100);
  expect(second.executions.map((one) => one.executionId)).toContain(lateId);
  const third = await readWaiting(database, [shard], behind(second), 100);
  expect(third.executions).toEqual([]);
});

const behind = ({ horizonXid }: WaitingPage): FeedPosition => ({ xid: horizonXid, sequence: 0 });

test("pages follow each other until all that waits was read, whatever one transaction made wait", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const ids: ExecutionId[] = [];
  for (const count of [3, 3, 12, 3]) ids.push(...(await wait(database, count)));
  const seen: string[] = [];
  for (let next: FeedPosition | undefined = feedStart; next !== undefined; ) {
    const page: WaitingPage = await readWaiting(database, [shard], next, 5);
    seen.push(...page.executions.map((one) => one.executionId));
    next = page.next;
  }
  expect(seen).toEqual(ids);
});
