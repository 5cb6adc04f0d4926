/** Ends what waits without a start: it waited too long, came too late, or had no room. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const endQuery = sqlFile("end-waiting");
const oldestQuery = sqlFile("read-oldest");
const overdueQuery = sqlFile("read-overdue");
const nextOverdueQuery = sqlFile("next-overdue");

export interface WaitingEnd {
  readonly executionId: string;
  readonly state: "cancelled" | "dead_lettered";
  /** Of the dead letter; null: it is none. */
  readonly reason: "wait_timeout" | "deadline_missed" | "queue_full" | null;
  /** JSON of `type`, `message`, `trace`, `step`. */
  readonly error: string | null;
  readonly fingerprint: string;
}

export interface EndedWaiting {
  readonly execution_id: string;
  readonly queue: string;
}

/** Answers what ended; the others do not wait any more. */
export function endWaiting(database: Queryable, ends: readonly WaitingEnd[], now: Date): Promise<EndedWaiting[]> {
  return database.query<EndedWaiting>(endQuery, [
    ends.map((one) => one.executionId),
    ends.map((one) => one.state),
    ends.map((one) => one.reason),
    ends.map((one) => one.error),
    ends.map((one) => one.fingerprint),
    now,
  ]);
}

/** Those that have waited longest, locked until the transaction ends. */
export const readOldest = (
  transaction: Queryable,
  queue: string,
  limit: number,
): Promise<{ readonly execution_id: string; readonly pipeline_id: string }[]> =>
  transaction.query(oldestQuery, [queue, limit]);

export interface OverdueExecution {
  readonly execution_id: string;
  readonly pipeline_id: string;
  readonly queue: string;
  readonly enqueued_at_ms: number;
  readonly deadline_at_ms: number | null;
  readonly wait_until_ms: number;
}

export const readOverdue = (
  database: Queryable,
  shards: readonly string[],
  now: Date,
  limit: number,
): Promise<OverdueExecution[]> => database.query<OverdueExecution>(overdueQuery, [shards, now, limit]);

/** Milliseconds since the epoch; undefined: nothing waits for a time. */
export async function nextOverdueMs(database: Queryable, shards: readonly string[]): Promise<number | undefined> {
  const [row] = await database.query<{ next_ms: number | null }>(nextOverdueQuery, [shards]);
  return row?.next_ms ?? undefined;
}
