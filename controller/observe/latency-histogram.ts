/**
 * Counts of times in buckets, four for each doubling from a millisecond on: a percentile read from them is off by a fifth
 * at most, whatever its size, and times up to two hours take 92 numbers. Pure.
 */
const perDoubling = 4;
const growth = 2 ** (1 / perDoubling);

/** Some 40 days; what takes longer counts as that. */
const buckets = 128;

/** Bucket n ends at growth^n milliseconds; the first one has what took a millisecond at most. */
export function bucketOf(ms: number): number {
  if (ms <= 1) return 0;
  return Math.min(buckets - 1, Math.ceil(Math.log2(ms) * perDoubling));
}

export function countIn(counts: number[], ms: number): void {
  const bucket = bucketOf(ms);
  while (counts.length <= bucket) counts.push(0);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

export function addCounts(to: number[], counts: readonly number[]): void {
  while (to.length < counts.length) to.push(0);
  for (const [bucket, count] of counts.entries()) to[bucket] = (to[bucket] ?? 0) + count;
}

/** The time that this part (0 to 1) did not exceed, by a line within its bucket; undefined where nothing is counted. */
export function percentile(counts: readonly number[], part: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const wanted = part * total;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const low = bucket === 0 ? 0 : growth ** (bucket - 1);
      return low + (growth ** bucket - low) * ((wanted - below) / count);
    }
    below += count;
  }
  return growth ** (counts.length - 1);
}
