/** How often each endpoint may be asked: a bucket of tokens that fills evenly. Of this controller alone. */
import type { Rate } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Buckets that are kept; beyond it those that are full again are forgotten. */
const mostBuckets = 10_000;

export class RateBuckets {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Milliseconds until there is a token; 0: one was taken. */
  take(name: string, rate: Rate): number {
    const atMs = this.#clock.monotonic();
    const tokens = filled(this.#buckets.get(name), rate, atMs);
    const isFree = tokens >= 1;
    if (this.#buckets.size >= mostBuckets) this.#forgetOld(atMs);
    this.#buckets.set(name, { tokens: isFree ? tokens - 1 : tokens, atMs });
    return isFree ? 0 : Math.ceil(((1 - tokens) * rate.periodMs) / rate.count);
  }

  #forgetOld(atMs: number): void {
    // The longest period is an hour: what was not asked for that long is full.
    for (const [name, bucket] of this.#buckets) if (atMs - bucket.atMs > 3_600_000) this.#buckets.delete(name);
  }
}

function filled(bucket: Bucket | undefined, { count, periodMs }: Rate, atMs: number): number {
  if (bucket === undefined) return count;
  return Math.min(count, bucket.tokens + ((atMs - bucket.atMs) * count) / periodMs);
}
