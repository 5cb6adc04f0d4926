/** What stands in queues now, for those who say what a change of them would mean. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readLinesQuery = sqlFile("read-queue-lines");

const limits = {
  /** Executions of one queue whose places are compared. */
  entries: 10_000,
} as const;

export interface LineEntry {
  readonly execution_id: string;
  readonly pipeline_id: string;
  readonly priority: number;
  readonly importance: number;
  readonly sequence: number;
  readonly enqueued_at_ms: number;
  readonly deadline_at_ms: number | null;
}

export interface QueueLine {
  readonly queue: string;
  readonly running: number;
  readonly waiting: number;
  /** The first ones to arrive. */
  readonly entries: readonly LineEntry[];
}

/** Of the queues that hold anything. */
export async function readQueueLines(
  database: Queryable,
  queues: readonly string[],
): Promise<ReadonlyMap<string, QueueLine>> {
  if (queues.length === 0) return new Map();
  const rows = await database.query<QueueLine>(readLinesQuery, [queues, limits.entries]);
  return new Map(rows.map((row) => [row.queue, row]));
}
