import { expect, test } from "vitest";
import { addCounts, bucketOf, countIn, percentile } from "./latency-histogram.ts";

const counted = (times: readonly number[]): number[] => {
  const counts: number[] = [];
  for (const ms of times) countIn(counts, ms);
  return counts;
};

test("percentiles are off by a fifth at most, whatever the size of the times", () => {
  for (const scale of [2, 300, 40_000, 7_200_000]) {
    const times = Array.from({ length: 1_000 }, (_, at) => scale * (1 + at / 100));
    const counts = counted(times);
    for (const part of [0.5, 0.95, 0.99]) {
      const exact = times[Math.ceil(part * times.length) - 1] ?? 0;
      expect(Math.abs((percentile(counts, part) ?? 0) / exact - 1)).toBeLessThan(0.2);
    }
  }
});

test("nothing counted has no percentiles", () => {
  expect(percentile([], 0.5)).toBeUndefined();
  expect(percentile([0, 0], 0.5)).toBeUndefined();
});

test("times below a millisecond and beyond all buckets are counted", () => {
  expect([bucketOf(0), bucketOf(1), bucketOf(1.1), bucketOf(2)]).toEqual([0, 0, 1, 4]);
  expect(bucketOf(1e15)).toBe(127);
  expect(percentile(counted([1e15]), 1)).toBeGreaterThan(29 * 86_400_000);
});

test("counts of several places add up, however long each is", () => {
  const sum = counted([1]);
  addCounts(sum, counted([1, 4]));
  addCounts(sum, counted([1]));
  expect(sum).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 1]);
});
