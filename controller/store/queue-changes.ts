/** What people do to queues and to what waits in them. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const changeQuery = sqlFile("change-queue");
const forgetQuery = sqlFile("forget-queue");
const prioritiseQuery = sqlFile("prioritise-waiting");
const oldestQuery = sqlFile("read-oldest");

export interface QueueChange {
  readonly queue: string;
  /** Null: as declared. */
  readonly paused: boolean | null;
  readonly draining: boolean;
  readonly by: string;
}

export async function changeQueue(database: Queryable, change: QueueChange, now: Date): Promise<void> {
  await database.query(changeQuery, [change.queue, change.paused, change.draining, change.by, now]);
}

export async function forgetQueue(database: Queryable, queue: string): Promise<void> {
  await database.query(forgetQuery, [queue]);
}

export interface WaitingFilter {
  /** Null: whatever waits. */
  readonly executionIds: readonly string[] | null;
  readonly queue: string;
  readonly pipelineId: string;
}

/** Answers how many wait with another priority now. */
export async function prioritiseWaiting(
  database: Queryable,
  { executionIds, queue, pipelineId }: WaitingFilter,
  priority: number,
  importance: number | null,
): Promise<number> {
  const values = [executionIds, queue, pipelineId, priority, importance];
  const [row] = await database.query<{ changed: number }>(prioritiseQuery, values);
  return row?.changed ?? 0;
}

/** Some of what waits in a queue, the oldest first. */
export const readWaitingOf = (
  database: Queryable,
  queue: string,
  limit: number,
): Promise<{ readonly execution_id: string; readonly pipeline_id: string }[]> =>
  database.query(oldestQuery, [queue, limit]);
