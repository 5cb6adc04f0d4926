/** How queues and pipelines have fared in the last minutes, by the history. */
import type { Clock } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { type PipelineDepth, type QueueRollup, readPipelineDepths, readQueueHistory } from "../store/queue-history.ts";
import { addCounts, percentile } from "./latency-histogram.ts";

const limits = {
  /** Whole minutes that are looked at, the one under way besides. */
  windowMs: 300_000,
  /** The history is written every 10 seconds. */
  freshMs: 5_000,
} as const;

const minuteMs = 60_000;

export interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Of a queue, or of one of its pipelines. */
export interface QueueFigures {
  readonly queue: string;
  /** Empty: all of the queue. */
  readonly pipelineId: string;
  readonly waiting: number;
  readonly running: number;
  readonly enqueuedPerSecond: number;
  readonly startedPerSecond: number;
  readonly settledPerSecond: number;
  /** Undefined: nothing has started, or ended. */
  readonly wait: Percentiles | undefined;
  readonly processing: Percentiles | undefined;
}

export class RecentFigures {
  readonly #database: Queryable;
  readonly #clock: Clock;
  #read: Promise<readonly QueueFigures[]> | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(database: Queryable, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** As of now or of some seconds ago. Of a queue first the whole, then its pipelines. */
  get(): Promise<readonly QueueFigures[]> {
    const nowMs = this.#clock.monotonic();
    if (this.#read !== undefined && nowMs - this.#readAtMs < limits.freshMs) return this.#read;
    this.#readAtMs = nowMs;
    const read = readFigures(this.#database, this.#clock.now());
    this.#read = read;
    read.catch(() => {
      if (this.#read === read) this.#read = undefined;
    });
    return read;
  }
}

export async function readFigures(database: Queryable, nowMs: number): Promise<QueueFigures[]> {
  const sinceMs = Math.floor((nowMs - limits.windowMs) / minuteMs) * minuteMs;
  const [history, depths] = await Promise.all([
    readQueueHistory(database, new Date(sinceMs)),
    readPipelineDepths(database),
  ]);
  return figuresOf(history, depths, (nowMs - sinceMs) / 1_000);
}

/** Pure. `seconds`: how long the history is. */
export function figuresOf(
  history: readonly QueueRollup[],
  depths: readonly PipelineDepth[],
  seconds: number,
): QueueFigures[] {
  const sums = new Map<string, Sum>();
  const of = (queue: string, pipelineId: string): Sum[] =>
    ["", pipelineId].map((id) => {
      const key = `${queue}\n${id}`;
      const sum = sums.get(key) ?? new Sum(queue, id);
      sums.set(key, sum);
      return sum;
    });
  for (const rollup of history) for (const sum of of(rollup.queue, rollup.pipelineId)) sum.addRollup(rollup);
  for (const depth of depths) for (const sum of of(depth.queue, depth.pipelineId)) sum.addDepth(depth);
  return [...sums.values()].map((sum) => sum.figures(seconds));
}

class Sum {
  readonly #name: Pick<QueueFigures, "queue" | "pipelineId">;
  readonly #waits: number[] = [];
  readonly #processings: number[] = [];
  #counts = { enqueued: 0, started: 0, settled: 0, waiting: 0, running: 0 };

  constructor(queue: string, pipelineId: string) {
    this.#name = { queue, pipelineId };
  }

  addRollup({ enqueued, started, settled, waits, processings }: QueueRollup): void {
    this.#counts.enqueued += enqueued;
    this.#counts.started += started;
    this.#counts.settled += settled;
    addCounts(this.#waits, waits);
    addCounts(this.#processings, processings);
  }

  addDepth({ waiting, running }: PipelineDepth): void {
    this.#counts.waiting += waiting;
    this.#counts.running += running;
  }

  figures(seconds: number): QueueFigures {
    const { enqueued, started, settled, waiting, running } = this.#counts;
    return {
      ...this.#name,
      ...{ waiting, running },
      enqueuedPerSecond: enqueued / seconds,
      startedPerSecond: started / seconds,
      settledPerSecond: settled / seconds,
      wait: percentilesOf(this.#waits),
      processing: percentilesOf(this.#processings),
    };
  }
}

function percentilesOf(counts: readonly number[]): Percentiles | undefined {
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((part) => percentile(counts, part));
  return p50Ms === undefined || p95Ms === undefined || p99Ms === undefined ? undefined : { p50Ms, p95Ms, p99Ms };
}
