import type { Clock } from "./clock.ts";

export interface RoundsParts {
  readonly clock: Clock;
  /** One round. Answers how many milliseconds to wait for the next one. */
  readonly round: (signal: AbortSignal) => Promise<number>;
  /** A round that failed. Answers how many milliseconds to wait before it is tried again. */
  readonly onError: (error: unknown) => number;
  /** How long to wait for the first one; 0 by default. */
  readonly firstAfterMs?: number;
}

/** Does something again and again, one round after the other, until it is stopped. `wake` cuts a wait short. */
export class Rounds {
  readonly #parts: RoundsParts;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #woken = new AbortController();

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  /** Aborts when it is to stop. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Whether it was woken since the round under way began. */
  get isWoken(): boolean {
    return this.#woken.signal.aborted;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when the round that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** The next round begins as soon as this one, if any, has ended; after a failure it waits all the same. */
  wake(): void {
    this.#woken.abort();
  }

  async #run(): Promise<void> {
    const { clock, firstAfterMs = 0 } = this.#parts;
    if (firstAfterMs > 0) await clock.sleep(firstAfterMs, this.#anySignal());
    while (!this.signal.aborted) {
      this.#woken = new AbortController();
      const waitMs = await this.#round();
      if (waitMs > 0) await clock.sleep(waitMs, this.#anySignal());
    }
  }

  async #round(): Promise<number> {
    try {
      return await this.#parts.round(this.signal);
    } catch (error) {
      this.#woken = new AbortController();
      return this.signal.aborted ? 0 : this.#parts.onError(error);
    }
  }

  #anySignal(): AbortSignal {
    return AbortSignal.any([this.signal, this.#woken.signal]);
  }
}
