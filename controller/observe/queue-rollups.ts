import type { QueueRollup } from "../store/queue-history.ts";
import { countIn } from "./latency-histogram.ts";

const limits = {
  /** In memory; what comes of further pipelines waits for the next flush. */
  rollups: 50_000,
} as const;

const minuteMs = 60_000;

type Gathered = { -readonly [Key in keyof QueueRollup]: QueueRollup[Key] } & {
  readonly waits: number[];
  readonly processings: number[];
};

/** What comes to queues, starts and ends, by pipeline and minute, until it is written. */
export class QueueRollups {
  #rollups = new Map<string, Gathered>();

  enqueued(queue: string, pipelineId: string, nowMs: number): void {
    const rollup = this.#of(queue, pipelineId, nowMs);
    if (rollup !== undefined) rollup.enqueued += 1;
  }

  started(queue: string, pipelineId: string, waitMs: number, nowMs: number): void {
    const rollup = this.#of(queue, pipelineId, nowMs);
    if (rollup === undefined) return;
    rollup.started += 1;
    rollup.waitMs += waitMs;
    countIn(rollup.waits, waitMs);
  }

  /** `processingMs`: undefined where nobody knows how long it ran. */
  settled(queue: string, pipelineId: string, processingMs: number | undefined, nowMs: number): void {
    const rollup = this.#of(queue, pipelineId, nowMs);
    if (rollup === undefined) return;
    rollup.settled += 1;
    if (processingMs === undefined) return;
    rollup.processingMs += processingMs;
    countIn(rollup.processings, processingMs);
  }

  /** What has gathered; it begins anew. */
  take(): readonly QueueRollup[] {
    const taken = [...this.#rollups.values()];
    this.#rollups = new Map();
    return taken;
  }

  #of(queue: string, pipelineId: string, nowMs: number): Gathered | undefined {
    const minute = Math.floor(nowMs / minuteMs) * minuteMs;
    const key = `${queue}\n${pipelineId}\n${minute}`;
    const before = this.#rollups.get(key);
    if (before !== undefined || this.#rollups.size >= limits.rollups) return before;
    const rollup: Gathered = { queue, pipelineId, minute, ...{ enqueued: 0, started: 0, settled: 0 }, ...noTimes() };
    this.#rollups.set(key, rollup);
    return rollup;
  }
}

const noTimes = () => ({ waitMs: 0, processingMs: 0, waits: [], processings: [] });
