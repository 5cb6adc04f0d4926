/** What is declared of queues, and what people and the load said of them since. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readObjectsQuery = sqlFile("read-queue-objects");
const readStatesQuery = sqlFile("read-queue-states");
const lockQuery = sqlFile("lock-queues");
const countQuery = sqlFile("count-waiting");
const pressQuery = sqlFile("press-queues");

/** Queues whose state changed; the payload is the queue's name. */
export const queuesChannel = "polyglot_queues";

export interface DeclaredQueue {
  readonly name: string;
  readonly spec: unknown;
  readonly generation: number;
  /** Null: applied by hand. */
  readonly repository: string | null;
  readonly file: string | null;
}

export interface QueueState {
  readonly queue: string;
  /** Null: as declared. */
  readonly paused: boolean | null;
  readonly draining: boolean;
  readonly pressed: boolean;
  readonly changed_by: string;
  readonly changed_at: Date;
}

export const readDeclaredQueues = (database: Queryable): Promise<DeclaredQueue[]> =>
  database.query<DeclaredQueue>(readObjectsQuery);

export const readQueueStates = (database: Queryable): Promise<QueueState[]> =>
  database.query<QueueState>(readStatesQuery);

/** Locks what is said of these queues until the transaction ends. */
export const lockQueues = (transaction: Queryable, queues: readonly string[], now: Date): Promise<QueueState[]> =>
  transaction.query<QueueState>(lockQuery, [queues, now]);

/** How many wait, counted no further than `atMost`. */
export async function countWaiting(
  database: Queryable,
  asked: readonly { readonly queue: string; readonly atMost: number }[],
): Promise<ReadonlyMap<string, number>> {
  const values = [asked.map((one) => one.queue), asked.map((one) => one.atMost)];
  const rows = await database.query<{ queue: string; waiting: number }>(countQuery, values);
  return new Map(rows.map((row) => [row.queue, row.waiting]));
}

export async function pressQueues(
  database: Queryable,
  queues: readonly string[],
  pressed: boolean,
  now: Date,
): Promise<void> {
  await database.query(pressQuery, [queues, pressed, now]);
}
