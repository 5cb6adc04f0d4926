/**
 * The clock of a trial: it begins where the test says, and waits cost nothing. Where only timers are waited for, time goes
 * on to the next one at once; while user code runs, time passes as it does.
 *
 *     idle ──sleep──> waiting ──nothing runs──> skips to the next timer ──> idle
 *                        └──work runs──> until the timer, or until the work has ended ──> waiting
 */
import type { Clock } from "@polyglot/service";

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** Turns of the event loop in which what has been set going may begin its work. */
const quietTurns = 4;

export class TrialClock implements Clock {
  readonly #base: Clock;
  readonly #startsAt: number;
  readonly #startedAt: number;
  readonly #timers = new Set<Timer>();
  #skippedMs = 0;
  #working = 0;
  #isAdvancing = false;
  /** Ends a wait in real time early. */
  #changed = new AbortController();

  constructor(base: Clock, startsAt: number) {
    this.#base = base;
    this.#startsAt = startsAt;
    this.#startedAt = base.monotonic();
  }

  now(): number {
    return Math.floor(this.#startsAt + this.monotonic());
  }

  monotonic(): number {
    return this.#base.monotonic() - this.#startedAt + this.#skippedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        this.#timers.delete(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer: Timer = { at: this.monotonic() + ms, fire: done };
      this.#timers.add(timer);
      signal?.addEventListener("abort", done, { once: true });
      this.#change();
      if (!this.#isAdvancing) void this.#advance();
    });
  }

  /** Time passes as it does until the work has ended. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
      this.#change();
    }
  }

  #change(): void {
    this.#changed.abort();
  }

  async #advance(): Promise<void> {
    this.#isAdvancing = true;
    while (this.#timers.size > 0) {
      this.#changed = new AbortController();
      if (this.#working > 0) await this.#base.sleep(this.#untilNext(), this.#changed.signal);
      else if (await this.#isQuiet()) this.#skippedMs += Math.max(0, this.#untilNext());
      this.#fireDue();
    }
    this.#isAdvancing = false;
  }

  async #isQuiet(): Promise<boolean> {
    for (let turn = 0; turn < quietTurns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#working > 0) return false;
    }
    return this.#timers.size > 0;
  }

  #untilNext(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at)) - this.monotonic();
  }

  #fireDue(): void {
    const now = this.monotonic();
    for (const timer of [...this.#timers].toSorted((one, other) => one.at - other.at)) {
      if (timer.at <= now) timer.fire();
    }
  }
}
