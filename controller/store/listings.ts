/** What people look at: read only, always with a limit. */
import type { AttemptOutcome, CanonicalValue, ExecutionState } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { type ObjectKey, objectsLimit } from "./objects.ts";
import { sqlFile } from "./sql-file.ts";

const readExecutionsQuery = sqlFile("read-executions");
const readExecutionQuery = sqlFile("read-execution");
const readBetweenQuery = sqlFile("read-executions-between");
const readAttemptHistoryQuery = sqlFile("read-attempt-history");
const readStatesQuery = sqlFile("read-states");
const readLogLinesQuery = sqlFile("read-log-lines");
const readQueuesQuery = sqlFile("read-queues");
const readSharesQuery = sqlFile("read-shares");
const readQueueRatesQuery = sqlFile("read-queue-rates");
const readAgentsQuery = sqlFile("read-agents");
const readInventoryQuery = sqlFile("read-inventory");

type Values = Readonly<Record<string, CanonicalValue>>;
/** A message of the contract in its JSON form, as `from-agent` wrote it. */
type MessageJson = Readonly<Record<string, CanonicalValue>>;

const highestId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export interface ExecutionRow {
  readonly execution_id: string;
  readonly pipeline_id: string;
  readonly plan_digest: string;
  readonly queue: string;
  readonly priority: number;
  readonly state: ExecutionState;
  readonly attempt_no: number;
  readonly max_attempts: number;
  readonly agent_id: string | null;
  readonly enqueued_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly revision: string | null;
  readonly trigger_name: string;
  readonly inputs: Values;
  readonly trigger_context: Values;
  readonly outputs: Values | null;
  readonly error: MessageJson | null;
  readonly metrics: MessageJson | null;
  readonly exit_code: number | null;
  /** Approvals of the contract in their JSON form; of an execution that waits for some. */
  readonly approvals: readonly MessageJson[] | null;
  readonly parent_id: string | null;
  /** Only agents of this host may run it; null: any. */
  readonly host: string | null;
  readonly child_ids: readonly string[];
}

export interface AttemptRow {
  readonly attempt_no: number;
  readonly agent_id: string | null;
  readonly outcome: AttemptOutcome;
  readonly error: MessageJson | null;
  readonly claimed_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date;
  readonly metrics: MessageJson | null;
  readonly cleanup: string;
  readonly steps: readonly MessageJson[] | null;
}

export interface ExecutionFilter {
  /** Empty fields let all pass. */
  readonly pipelineId: string;
  readonly state: string;
  readonly queue: string;
  /** Execution id of the last one seen; empty: from the newest. */
  readonly before: string;
  readonly limit: number;
}

export function readExecutions(database: Queryable, filter: ExecutionFilter): Promise<ExecutionRow[]> {
  const { pipelineId, state, queue, before, limit } = filter;
  return database.query<ExecutionRow>(readExecutionsQuery, [pipelineId, state, queue, before || highestId, limit]);
}

/** Ids that begin with these hexadecimal digits (hyphens left out), at most two. */
export async function findExecutions(database: Queryable, digits: string): Promise<string[]> {
  const rows = await database.query<{ execution_id: string }>(readBetweenQuery, [
    digits.padEnd(32, "0"),
    digits.padEnd(32, "f"),
  ]);
  return rows.map((row) => row.execution_id);
}

export async function readExecution(database: Queryable, id: string): Promise<ExecutionRow | undefined> {
  const [row] = await database.query<ExecutionRow>(readExecutionQuery, [id]);
  return row;
}

/** Of 1,000 attempts, with as many steps of the newest ones as fit into `stepBytes` of JSON. */
export function readAttemptHistory(database: Queryable, id: string, stepBytes: number): Promise<AttemptRow[]> {
  return database.query<AttemptRow>(readAttemptHistoryQuery, [id, stepBytes]);
}

export async function readStates(
  database: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ExecutionState>> {
  const rows = await database.query<{ execution_id: string; state: ExecutionState }>(readStatesQuery, [ids]);
  return new Map(rows.map((row) => [row.execution_id, row.state]));
}

export interface LogRow {
  readonly attempt_no: number;
  readonly sequence: number;
  readonly at: Date;
  readonly level: string;
  readonly node_id: string;
  readonly line: string;
}

/** A line of another step. */
type PassedRow = Omit<LogRow, "line"> & { readonly line: null };

export interface LogPosition {
  readonly attemptNo: number;
  readonly sequence: number;
}

export interface LogPage {
  /** Those of the step that was asked for. */
  readonly lines: readonly LogRow[];
  /** Of the last line that was looked at; undefined where there was none. */
  readonly end: LogPosition | undefined;
  /** Whether it looked at as many lines as it may: more may follow. */
  readonly isFull: boolean;
}

/** Looks at `limit` lines and answers those of a step and of the steps below it; all of them where `step` is empty. */
export async function readLogLines(
  database: Queryable,
  executionId: string,
  after: LogPosition,
  step: string,
  limit: number,
): Promise<LogPage> {
  const parameters = [executionId, after.attemptNo, after.sequence, limit, step];
  const rows = await database.query<LogRow | PassedRow>(readLogLinesQuery, parameters);
  const last = rows.at(-1);
  return {
    lines: rows.filter((row): row is LogRow => row.line !== null),
    end: last === undefined ? undefined : { attemptNo: last.attempt_no, sequence: last.sequence },
    isFull: rows.length === limit,
  };
}

export interface QueueRow {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
  readonly dead_letters: number;
  readonly oldest_wait_seconds: number;
}

export function readQueues(database: Queryable): Promise<QueueRow[]> {
  return database.query<QueueRow>(readQueuesQuery);
}

export interface ShareRow {
  readonly queue: string;
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
}

export const readShares = (database: Queryable, queues: readonly string[]): Promise<ShareRow[]> =>
  database.query<ShareRow>(readSharesQuery, [queues]);

export interface QueueRates {
  readonly name: string;
  /** Executions of the minute before `now`. */
  readonly enqueued: number;
  readonly settled: number;
}

const rateWindowMs = 60_000;

export function readQueueRates(database: Queryable, now: Date): Promise<QueueRates[]> {
  const since = new Date(now.getTime() - rateWindowMs);
  const firstId = `${since.getTime().toString(16).padStart(12, "0")}${"0".repeat(20)}`;
  return database.query<QueueRates>(readQueueRatesQuery, [firstId, since]);
}

export interface AgentRow {
  readonly agent_id: string;
  /** What the agent said of itself, and its last sample: as `agent-stream` wrote them. */
  readonly hello: Readonly<Record<string, unknown>>;
  readonly sample: Readonly<Record<string, unknown>> | null;
  readonly lease_until: Date;
  readonly cordoned_by: string | null;
  readonly connected: boolean;
}

export function readAgents(database: Queryable): Promise<AgentRow[]> {
  return database.query<AgentRow>(readAgentsQuery);
}

/** What repositories own. */
export function readInventory(database: Queryable): Promise<(ObjectKey & { readonly repository: string })[]> {
  return database.query(readInventoryQuery, [objectsLimit]);
}
