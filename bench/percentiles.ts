/** Nearest-rank percentiles of samples in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

export function percentiles(samples: readonly number[]): Percentiles {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: rank(0.5), p99: rank(0.99), count: sorted.length };
}
