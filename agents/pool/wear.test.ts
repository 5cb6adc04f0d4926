import { expect, it } from "vitest";
import { Wear } from "./wear.ts";

const limits = { maxCallsPerWorker: 100, maxGrowthMb: 50 };

function wearAfter(peaksMb: readonly number[]): boolean {
  const wear = new Wear(limits);
  for (const peak of peaksMb) wear.add(peak);
  return wear.isWornOut;
}

const same = (peak: number, times: number): number[] => Array.from({ length: times }, () => peak);

it("a process is worn out after its number of calls, not before", () => {
  expect([wearAfter(same(10, 99)), wearAfter(same(10, 100))]).toEqual([false, true]);
});

it("memory that calls need and give back wears nothing out", () => {
  expect(wearAfter([...same(10, 8), 500, 500, 500, 10])).toBe(false);
});

it("memory that is kept from call to call wears a process out", () => {
  expect(wearAfter([...same(10, 8), ...same(61, 8)])).toBe(true);
});

it("a process that is large from its first calls on is not worn out by that", () => {
  expect(wearAfter([...same(400, 8), ...same(420, 8)])).toBe(false);
});
