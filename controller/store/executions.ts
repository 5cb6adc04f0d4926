/** Transitions of executions. Each is one statement over a batch; what it may come from stands in its `where`. */
import type {
  AgentId,
  AttemptOutcome,
  CleanupState,
  DeadLetterReason,
  ExecutionId,
  ExecutionState,
  PipelineId,
  PlanDigest,
} from "@polyglot/contracts";
import type { Database, Queryable } from "./database.ts";
import type { MeterReading } from "./queue-meters.ts";
import { sqlFile } from "./sql-file.ts";

const readRunningQuery = sqlFile("read-running");
const claimQuery = sqlFile("claim");
const handBackQuery = sqlFile("hand-back");
const settleQuery = sqlFile("settle");
const beginBranchesQuery = sqlFile("begin-branches");
const readAttemptsQuery = sqlFile("read-attempts");
const countOpenQuery = sqlFile("count-open-executions");
const cancelWaitingQuery = sqlFile("cancel-waiting");
const announceCancelQuery = sqlFile("announce-cancel");

/** What is fixed about an execution from its activation on, and how many attempts it has had. */
export interface QueuedExecution {
  readonly executionId: ExecutionId;
  readonly pipelineId: PipelineId;
  readonly planDigest: PlanDigest;
  readonly queue: string;
  readonly shard: string;
  readonly priority: number;
  /** Those of one key share a limit; null: none. */
  readonly concurrencyKey: string | null;
  /** Who it is among those who share the queue; null: nobody shares it. */
  readonly shareKey: string | null;
  /** Of the attempt that runs, or of the last one: 0 before the first. */
  readonly attemptNo: number;
  readonly maxAttempts: number;
  /** Milliseconds since the epoch by the database's clock. */
  readonly enqueuedAtMs: number;
}

export interface QueuedRow {
  execution_id: ExecutionId;
  pipeline_id: PipelineId;
  plan_digest: PlanDigest;
  queue: string;
  shard: string;
  priority: number;
  concurrency_key: string | null;
  share_key: string | null;
  attempt_no: number;
  max_attempts: number;
  enqueued_at_ms: number;
}

export const toQueued = (row: QueuedRow): QueuedExecution => ({
  executionId: row.execution_id,
  pipelineId: row.pipeline_id,
  planDigest: row.plan_digest,
  queue: row.queue,
  shard: row.shard,
  priority: row.priority,
  concurrencyKey: row.concurrency_key,
  shareKey: row.share_key,
  attemptNo: row.attempt_no,
  maxAttempts: row.max_attempts,
  enqueuedAtMs: row.enqueued_at_ms,
});

export interface RunningExecution extends QueuedExecution {
  readonly agentId: AgentId;
  readonly sessionId: string;
  /** Whether the agent's session held its lease when this was read. */
  readonly held: boolean;
}

interface RunningRow extends QueuedRow {
  agent_id: AgentId;
  session_id: string;
  held: boolean;
}

export async function readRunning(
  database: Queryable,
  shards: readonly string[],
  limit: number,
): Promise<RunningExecution[]> {
  const rows = await database.query<RunningRow>(readRunningQuery, [shards, limit]);
  return rows.map(toRunning);
}

const toRunning = (row: RunningRow): RunningExecution => ({
  ...toQueued(row),
  agentId: row.agent_id,
  sessionId: row.session_id,
  held: row.held,
});

export interface Claim {
  readonly executionId: ExecutionId;
  readonly agentId: AgentId;
  readonly sessionId: string;
}

/** A shard that this controller holds, and the term at which it does. */
export interface HeldShard {
  readonly shard: string;
  readonly term: number;
}

export interface ClaimedAttempt {
  readonly execution_id: ExecutionId;
  readonly attempt_no: number;
  /** JSON objects of canonical values, as stored. */
  readonly inputs: string;
  readonly trigger_context: string;
}

/** What is not answered was not claimed: it no longer waits, or shard or agent are another's by now. */
export function claimExecutions(
  database: Queryable,
  controllerId: string,
  shards: readonly HeldShard[],
  claims: readonly Claim[],
  meters: readonly MeterReading[] = [],
): Promise<ClaimedAttempt[]> {
  return database.query<ClaimedAttempt>(claimQuery, [
    shards.map((held) => held.shard),
    shards.map((held) => held.term),
    controllerId,
    claims.map((claim) => claim.executionId),
    claims.map((claim) => claim.agentId),
    claims.map((claim) => claim.sessionId),
    meters.map((reading) => reading.queue),
    meters.map((reading) => reading.meter),
    meters.map((reading) => reading.value),
  ]);
}

/** Attempts that never reached their agents. One that does not run any more changes nothing. */
export async function handBackAttempts(
  database: Queryable,
  attempts: readonly Pick<RunningExecution, "executionId" | "attemptNo" | "sessionId">[],
): Promise<void> {
  await database.query(handBackQuery, [
    attempts.map((one) => one.executionId),
    attempts.map((one) => one.attemptNo),
    attempts.map((one) => one.sessionId),
  ]);
}

/** How an attempt ended and what its execution becomes by that. JSON fields are text, as they are stored. */
export interface Settlement {
  readonly executionId: ExecutionId;
  readonly attemptNo: number;
  readonly sessionId: string;
  readonly nextState: Exclude<ExecutionState, "running">;
  readonly outcome: Exclude<AttemptOutcome, "waiting">;
  readonly outputs: string | null;
  readonly error: string | null;
  readonly metrics: string | null;
  readonly steps: string | null;
  readonly exitCode: number | null;
  readonly cleanup: CleanupState;
  readonly startedAt: Date | null;
  readonly endedAt: Date;
  /** When the next attempt is due, where there is one. */
  readonly dueAt: Date | null;
  readonly deadLetter: NewDeadLetter | null;
  /** Branches of it that go on as executions of their own; absent where there are none. */
  readonly background?: readonly BackgroundBranch[];
}

export interface NewDeadLetter {
  readonly reason: Extract<DeadLetterReason, "attempts_used_up" | "not_retried" | "outcome_unknown">;
  /** That keeps it, as the pipeline says; null: as its queue says, which else keeps it itself. */
  readonly queue: string | null;
  /** See `fingerprintOf`. */
  readonly fingerprint: string;
}

export interface BackgroundBranch {
  readonly executionId: string;
  readonly nodeId: string;
}

/** Answers the executions that were settled; the others' attempts were stale and changed nothing. */
export async function settleAttempts(
  database: Database,
  settlements: readonly Settlement[],
): Promise<ReadonlySet<string>> {
  const parents = settlements.filter((one) => one.background !== undefined);
  if (parents.length === 0) return settleAll(database, settlements);
  return database.transaction(async (transaction) => {
    const settled = await settleAll(transaction, settlements);
    await beginBranches(
      transaction,
      parents.filter((one) => settled.has(one.executionId)),
    );
    return settled;
  });
}

/** They run already: on the agent that ran their parent, in the same session. */
async function beginBranches(database: Queryable, parents: readonly Settlement[]): Promise<void> {
  const branches = parents.flatMap((parent) => (parent.background ?? []).map((branch) => ({ ...branch, parent })));
  await database.query(beginBranchesQuery, [
    branches.map((one) => one.executionId),
    branches.map((one) => one.nodeId),
    branches.map((one) => one.parent.executionId),
    branches.map((one) => one.parent.sessionId),
  ]);
}

async function settleAll(database: Queryable, settlements: readonly Settlement[]): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ execution_id: string }>(settleQuery, [
    settlements.map((one) => one.executionId),
    settlements.map((one) => one.attemptNo),
    settlements.map((one) => one.sessionId),
    settlements.map((one) => one.nextState),
    settlements.map((one) => one.outcome),
    settlements.map((one) => one.outputs),
    settlements.map((one) => one.error),
    settlements.map((one) => one.metrics),
    settlements.map((one) => one.steps),
    settlements.map((one) => one.exitCode),
    settlements.map((one) => one.cleanup),
    settlements.map((one) => one.startedAt),
    settlements.map((one) => one.endedAt),
    settlements.map((one) => one.dueAt),
    settlements.map((one) => one.deadLetter?.reason ?? null),
    settlements.map((one) => one.deadLetter?.queue ?? null),
    settlements.map((one) => one.deadLetter?.fingerprint ?? null),
  ]);
  return new Set(rows.map((row) => row.execution_id));
}

/** The attempts under way of these executions, whoever owns their shards. */
export async function readAttempts(database: Queryable, executionIds: readonly string[]): Promise<RunningExecution[]> {
  return (await database.query<RunningRow>(readAttemptsQuery, [executionIds])).map(toRunning);
}

export interface OpenExecutions {
  readonly running: number;
  readonly waiting: number;
}

/** Executions without an outcome, by pipeline, of those of these that have any. */
export async function countOpenExecutions(
  database: Queryable,
  pipelineIds: readonly string[],
): Promise<ReadonlyMap<string, OpenExecutions>> {
  if (pipelineIds.length === 0) return new Map();
  const rows = await database.query<OpenExecutions & { pipeline_id: string }>(countOpenQuery, [pipelineIds]);
  return new Map(rows.map(({ pipeline_id: id, running, waiting }) => [id, { running, waiting }]));
}

/** Whether it waited and is cancelled by this. */
export async function cancelWaiting(database: Queryable, executionId: string): Promise<boolean> {
  return (await database.query(cancelWaitingQuery, [executionId])).length > 0;
}

/** Reaches every controller; the one that has the agent acts. */
export async function announceCancel(database: Queryable, order: string): Promise<void> {
  await database.query(announceCancelQuery, [order]);
}
