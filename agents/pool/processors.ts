/**
 * Whether the host's processors are all at work. Then another worker makes nothing faster and costs its start: with 200
 * executions of ten short steps waiting on two cores, starting workers for all that waited took a third of the CPU time.
 */
import { cpus } from "node:os";
import type { Clock } from "@polyglot/service";

export interface ProcessorTimes {
  /** Milliseconds of all processors since the host's start. */
  readonly idle: number;
  readonly total: number;
}

const limits = {
  /** Between two looks, which take some 50 µs. */
  lookMs: 100,
  /** A look back over more than this says nothing of now. */
  staleMs: 1_000,
  /** Of all processors' time: less is as good as none. */
  leastIdle: 0.1,
} as const;

export class Processors {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #read: () => ProcessorTimes;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #seen: ProcessorTimes = { idle: 0, total: 0 };
  #areBusy = false;

  constructor(clock: Pick<Clock, "monotonic">, read: () => ProcessorTimes = readProcessorTimes) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Since the last look; false where that is too long ago to tell. */
  get areBusy(): boolean {
    const now = this.#clock.monotonic();
    const sinceMs = now - this.#lookedAt;
    if (sinceMs >= limits.lookMs) this.#look(now, sinceMs);
    return this.#areBusy;
  }

  #look(now: number, sinceMs: number): void {
    const seen = this.#read();
    const total = seen.total - this.#seen.total;
    const idle = seen.idle - this.#seen.idle;
    this.#areBusy = sinceMs <= limits.staleMs && total > 0 && idle < limits.leastIdle * total;
    this.#lookedAt = now;
    this.#seen = seen;
  }
}

function readProcessorTimes(): ProcessorTimes {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, total };
}
