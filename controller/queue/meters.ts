/**
 * Rates by the generic cell rate algorithm (ITU-T I.371): one number for each meter, the time at which the next start
 * would come if all came evenly. It only rises, so that a queue's next owner goes on from what the store has.
 */
import type { Rate } from "../registry/queue-definition.ts";

export class Meters {
  readonly #values = new Map<string, number>();

  get(meter: string): number | undefined {
    return this.#values.get(meter);
  }

  raise(meter: string, value: number): void {
    this.#values.set(meter, Math.max(this.#values.get(meter) ?? value, value));
  }

  /** When the next start may be, in milliseconds of the clock; in the past: now. */
  opensAtMs(meter: string, rate: Rate): number {
    const next = this.#values.get(meter);
    return next === undefined ? Number.NEGATIVE_INFINITY : next - (rate.burst - 1) * intervalMs(rate);
  }

  /** Counts a start. */
  spend(meter: string, rate: Rate, nowMs: number): void {
    this.#values.set(meter, Math.max(this.#values.get(meter) ?? nowMs, nowMs) + intervalMs(rate));
  }

  /** The start did not come about. */
  refund(meter: string, rate: Rate): void {
    const value = this.#values.get(meter);
    if (value !== undefined) this.#values.set(meter, value - intervalMs(rate));
  }

  /** Forgets what holds nobody up any more. */
  prune(nowMs: number): void {
    for (const [meter, value] of this.#values) if (value <= nowMs) this.#values.delete(meter);
  }
}

/** Between two starts that come evenly. */
export const intervalMs = ({ periodMs, limit }: Rate): number => periodMs / limit;
