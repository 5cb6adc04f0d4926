/** For tests: time that stands still until it is moved. */
import type { Clock } from "@polyglot/service";

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();
  #idle: (() => void)[] = [];

  constructor(now: string) {
    this.#now = Date.parse(now);
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true || ms <= 0) return resolve();
      const sleeper = { dueAt: this.#now + ms, wake: () => this.#sleepers.delete(sleeper) && resolve() };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      for (const idle of this.#idle.splice(0)) idle();
    });
  }

  /** Resolves when somebody sleeps. */
  async idle(): Promise<void> {
    if (this.#sleepers.size === 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Jumps there, and resolves when what woke up sleeps again. */
  async set(now: string): Promise<void> {
    await this.idle();
    this.#now = Date.parse(now);
    for (const { dueAt, wake } of [...this.#sleepers]) if (dueAt <= this.#now) wake();
    await this.idle();
  }
}
