/** How full a queue is beside what was declared of it, as far as triggers have to know. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readMarks = sqlFile("read-queue-marks");

export interface QueueMarks {
  /** Counted no further than the higher one of the marks. */
  readonly waiting: number;
  /** Where triggers stop; null: nowhere. */
  readonly high: number | null;
  /** Where they go on; null: at half of `high`. */
  readonly low: number | null;
  /** The most that may wait; null: any number. */
  readonly most: number | null;
}

export async function readQueueMarks(database: Queryable, queue: string, shard: string): Promise<QueueMarks> {
  const [row] = await database.query<QueueMarks>(readMarks, [queue, shard]);
  return row ?? { waiting: 0, high: null, low: null, most: null };
}
