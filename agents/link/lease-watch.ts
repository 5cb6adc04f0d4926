import type { Clock } from "@polyglot/service";
import { Lease, type LeaseTimes } from "./lease.ts";

export interface LeaseWatchParts {
  readonly clock: Clock;
  /** Work may go on until then, in monotonic milliseconds. */
  onLease(deadline: number): void;
  /** The lease could not be renewed in time. */
  onLapse(): void;
}

/**
 * Sees to it that the end of the lease is noticed: by its own sleep, and before anything is done that tells of the work,
 * because a blocked event loop may have slept through the deadline.
 *
 *     none ──grant──> held ──grant──> held …
 *       ^               └── deadline ──> lapse ──┐
 *       └────────────────────────────────────────┘
 */
export class LeaseWatch {
  readonly #parts: LeaseWatchParts;
  readonly #lease = new Lease();
  /** Who waits for a lease where there is none. */
  #waiting: (() => void)[] = [];

  constructor(parts: LeaseWatchParts) {
    this.#parts = parts;
  }

  get times(): LeaseTimes {
    return this.#lease.times;
  }

  follow(times: LeaseTimes): void {
    this.#lease.follow(times);
  }

  /** Number of the heartbeat that is being sent now. */
  send(): bigint {
    return BigInt(this.#lease.send(this.#parts.clock.monotonic()));
  }

  /** Whether the answer renewed the lease. */
  grant(number: bigint): boolean {
    if (!this.#lease.grant(Number(number), this.#parts.clock.monotonic())) return false;
    const { deadline } = this.#lease;
    if (deadline !== undefined) this.#parts.onLease(deadline);
    this.wakeAll();
    return true;
  }

  /** Resolves when there is a lease, or with `wakeAll`. */
  async leased(): Promise<void> {
    if (this.#lease.deadline === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Sleeps to the deadline that it knows; one that has moved on meanwhile is slept for again. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const { deadline } = this.#lease;
      if (deadline === undefined) await this.leased();
      else await clock.sleep(deadline - clock.monotonic(), signal);
      if (!signal.aborted) this.check();
    }
  }

  check(): void {
    if (!this.#lease.isOver(this.#parts.clock.monotonic())) return;
    this.#lease.lapse();
    this.#parts.onLapse();
  }
}
