import type { Clock } from "@polyglot/service";

const limits = {
  /** How far ahead of itself an agent is filled: a round trip over a busy store and stream takes about this long. */
  aheadMs: 200,
  /** Executions ahead at most. */
  most: 2_000,
  /** Ends are counted in spans of this length; the pace is that of the last whole one. */
  spanMs: 200,
} as const;

/**
 * How fast executions end, and so how many the agent may take beyond those that it runs at once (Little's law: in
 * flight = rate × time in flight). Where they end in a millisecond, 64 places a core are empty most of the time while
 * results and requests travel: with 128 places 2,700 simple executions a second, ahead of the pace 4,500 on the same
 * two cores. Where they take long the answer is 0, so that no work stands in line here that another agent could run.
 */
export class Pace {
  readonly #clock: Pick<Clock, "monotonic">;
  #spanFrom: number;
  #ended = 0;
  #perMs = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#spanFrom = clock.monotonic();
  }

  /** An execution ended. */
  count(): void {
    this.#turn();
    this.#ended += 1;
  }

  /** Executions beyond the capacity. */
  get ahead(): number {
    this.#turn();
    return Math.min(limits.most, Math.floor(this.#perMs * limits.aheadMs));
  }

  #turn(): void {
    const elapsed = this.#clock.monotonic() - this.#spanFrom;
    if (elapsed < limits.spanMs) return;
    this.#perMs = this.#ended / elapsed;
    this.#ended = 0;
    this.#spanFrom += elapsed;
  }
}
