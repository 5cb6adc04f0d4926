/** What is declared of queues, and what people and the load said of them since. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readObjectsQuery = sqlFile("read-queue-objects");
const readStatesQuery = sqlFile("read-queue-states");

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
