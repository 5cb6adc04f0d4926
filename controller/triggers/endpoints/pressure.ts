/**
 * Whether what comes had better come later: too much waits for its commit here, or a queue is at its mark. Queues are read
 * from the store, at most once a second each and only while requests come: triggers never ask the queue manager.
 *
 *     open ──waiting ≥ high──> closed ──waiting ≤ low──> open
 */
import type { QueueConfiguration } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { shardOfQueue } from "../../leader/shard-names.ts";
import type { Queryable } from "../../store/database.ts";
import { type QueueMarks, readQueueMarks } from "../../store/queue-marks.ts";
import type { Activator } from "../activator.ts";
import { tooMany } from "./trigger-request.ts";

const limits = {
  /** How long a figure counts. */
  keepMs: 1_000,
  /** Activations that wait for their commit; some seconds of work for a slow disk. */
  uncommitted: 5_000,
  retryMs: { uncommitted: 1_000, queue: 5_000 },
} as const;

/** Pure. A queue without marks is always open. */
export function isClosed(wasClosed: boolean, { waiting, high, low, most }: QueueMarks): boolean {
  if (most !== null && waiting >= most) return true;
  if (high === null) return false;
  return waiting >= high || (wasClosed && waiting > (low ?? Math.floor(high / 2)));
}

interface Look {
  readonly closed: Promise<boolean>;
  readonly untilMs: number;
}

export class Pressure {
  readonly #database: Queryable;
  readonly #activator: Pick<Activator, "waiting">;
  readonly #clock: Clock;
  readonly #looks = new Map<string, Look>();

  constructor(database: Queryable, activator: Pick<Activator, "waiting">, clock: Clock) {
    this.#database = database;
    this.#activator = activator;
    this.#clock = clock;
  }

  /** Throws `Refused`. */
  checkHere(): void {
    if (this.#activator.waiting < limits.uncommitted) return;
    throw tooMany("trigger/busy", "too many events wait for the store", limits.retryMs.uncommitted);
  }

  /** Throws `Refused`. */
  async check({ queue }: Pick<QueueConfiguration, "queue">): Promise<void> {
    this.checkHere();
    if (!(await this.#isClosed(queue))) return;
    throw tooMany("trigger/busy", `queue '${queue}' takes no more for now`, limits.retryMs.queue);
  }

  #isClosed(queue: string): Promise<boolean> {
    const now = this.#clock.monotonic();
    const last = this.#looks.get(queue);
    if (last !== undefined && last.untilMs > now) return last.closed;
    const closed = this.#look(queue, last?.closed);
    this.#looks.set(queue, { closed, untilMs: now + limits.keepMs });
    closed.catch(() => this.#looks.delete(queue));
    return closed;
  }

  async #look(queue: string, last: Promise<boolean> | undefined): Promise<boolean> {
    const wasClosed = (await last?.catch(() => false)) ?? false;
    return isClosed(wasClosed, await readQueueMarks(this.#database, queue, shardOfQueue(queue)));
  }
}
