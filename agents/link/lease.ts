import { defaults } from "@polyglot/contracts";

/** Times of the agent's lease, as the controller's welcome says them, in milliseconds. */
export interface LeaseTimes {
  readonly renewMs: number;
  readonly stopMs: number;
}

/**
 * When the agent has to have killed its work: `stopMs` after the *sending* of the last heartbeat that was acknowledged,
 * because the controller counts the lease from there at the earliest. All times are monotonic milliseconds.
 */
export class Lease {
  readonly #sent = new Map<number, number>();
  #times: LeaseTimes = { renewMs: defaults.renewMs, stopMs: defaults.stopMs };
  #number = 0;
  #acknowledgedAt: number | undefined;

  get times(): LeaseTimes {
    return this.#times;
  }

  /** Undefined before the first grant, and after a lapse. */
  get deadline(): number | undefined {
    return this.#acknowledgedAt === undefined ? undefined : this.#acknowledgedAt + this.#times.stopMs;
  }

  follow(times: LeaseTimes): void {
    this.#times = times;
  }

  /** Number of the heartbeat that is being sent now. */
  send(now: number): number {
    this.#number += 1;
    this.#sent.set(this.#number, now);
    for (const [number, at] of this.#sent) {
      if (now - at <= this.#times.stopMs) break;
      this.#sent.delete(number);
    }
    return this.#number;
  }

  /** False for an answer that came too late to count, or to a heartbeat that nobody sent. */
  grant(number: number, now: number): boolean {
    const sentAt = this.#sent.get(number);
    if (sentAt === undefined || now >= sentAt + this.#times.stopMs) return false;
    this.#acknowledgedAt = Math.max(this.#acknowledgedAt ?? sentAt, sentAt);
    this.#sent.delete(number);
    return true;
  }

  isOver(now: number): boolean {
    return this.deadline !== undefined && now >= this.deadline;
  }

  /** The work is killed: a new lease begins with the next grant. */
  lapse(): void {
    this.#acknowledgedAt = undefined;
    this.#sent.clear();
  }
}
