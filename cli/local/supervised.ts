import { setTimeout as sleep } from "node:timers/promises";

/** A process of the system, started anew whenever it ended by itself. */
export interface Member {
  readonly name: string;
  /** Ends when the process does its work. May be called again after the process has ended. */
  launch(): Promise<void>;
  /** How the process that was launched last ended. */
  ended(): Promise<string>;
  stop(): Promise<void>;
}

export interface SupervisedOptions {
  /** What a person should see: an end that nobody asked for, a start after it. */
  readonly onNews: (line: string) => void;
  /** Milliseconds between an end and the next start grow up to this; default: 15,000. */
  readonly lastDelayMs?: number;
}

/** Milliseconds before a start: doubled from the first to the last, and from the first again after a quiet time. */
const backoff = { firstMs: 250, lastMs: 15_000, quietMs: 60_000 } as const;

/**
 *     start ──> running ──ended──> waiting ──launched──> running
 *                  └──────stop──────┴──> stopped
 */
export class Supervised {
  readonly #member: Member;
  readonly #options: SupervisedOptions;
  readonly #lastDelayMs: number;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(member: Member, options: SupervisedOptions) {
    this.#member = member;
    this.#options = options;
    this.#lastDelayMs = options.lastDelayMs ?? backoff.lastMs;
  }

  /** The first start has to succeed; only a member that has worked once is started again. */
  async start(): Promise<void> {
    const launched = this.#member.launch();
    this.#loop = launched.then(
      () => this.#supervise(),
      () => undefined,
    );
    await launched;
  }

  /** Also while the start is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#member.stop();
    await this.#loop;
    // A launch that was under way when the stop came may have started a process after it.
    await this.#member.stop();
  }

  async #supervise(): Promise<void> {
    for (let delayMs: number = backoff.firstMs; ; delayMs = Math.min(delayMs * 2, this.#lastDelayMs)) {
      if (this.#stopping.signal.aborted) return;
      const since = performance.now();
      const how = await this.#member.ended();
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - since > backoff.quietMs) delayMs = backoff.firstMs;
      this.#options.onNews(`${this.#member.name} ${how}; starting it again`);
      if (!(await this.#relaunch(delayMs))) return;
    }
  }

  /** Tries until it works; answers false when the stop came first. */
  async #relaunch(firstDelayMs: number): Promise<boolean> {
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, this.#lastDelayMs)) {
      await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return false;
      try {
        await this.#member.launch();
        if (this.#stopping.signal.aborted) return false;
        this.#options.onNews(`${this.#member.name} runs again`);
        return true;
      } catch (error) {
        this.#options.onNews(`${this.#member.name} did not start: ${(error as Error).message}`);
      }
    }
  }
}
