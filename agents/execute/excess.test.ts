import { expect, it } from "vitest";
import { boundsOf, errorOf, excessOf, type HostShare } from "./excess.ts";
import type { UsageReading } from "./usage.ts";

const host: HostShare = { cores: 4, memoryBytes: 2 ** 30, cpuWindowMs: 5_000, lookMs: 100 };
const mb = 2 ** 20;

const reading = (at: number, cpuMs: number, memoryBytes = 0): UsageReading => ({
  at,
  cpuMs,
  memoryBytes,
  largest: "run.3",
  busiest: "run.1",
});

it("limits are those of the pipeline, and a share of memory is of what a worker may have", () => {
  expect(boundsOf({ timeout_seconds: 3 }, host)).toBeUndefined();
  expect(boundsOf({ cpu_percent: 80, memory_percent: 25 }, host)).toEqual({ cpuPercent: 80, memoryBytes: 2 ** 28 });
  expect(boundsOf({ memory_bytes: 5 }, host)).toEqual({ memoryBytes: 5 });
});

it("memory over its limit is an excess at once, with the step that has most of it", () => {
  const excess = excessOf([reading(0, 0, 612 * mb)], { memoryBytes: 512 * mb }, host);
  expect(excess).toEqual({ measure: "memory", used: 612 * mb, limit: 512 * mb, node: "run.3" });
  expect(excess && errorOf(excess, host)).toMatchObject({
    type: "pg\\!OOMError",
    message: "used 612 MB, limit 512 MB, at step run.3",
  });
  expect(excessOf([reading(0, 0, 512 * mb)], { memoryBytes: 512 * mb }, host)).toBeUndefined();
});

it("CPU is the mean of a whole window: a burst at the start is no excess", () => {
  const burst = [reading(0, 0), reading(1_000, 4_000)];
  expect(excessOf(burst, { cpuPercent: 50 }, host)).toBeUndefined();
  expect(excessOf([...burst, reading(5_000, 4_000)], { cpuPercent: 50 }, host)).toBeUndefined();
  const steady = excessOf([...burst, reading(5_000, 15_000)], { cpuPercent: 50 }, host);
  expect(steady).toEqual({ measure: "cpu", used: 75, limit: 50, node: "run.1" });
  expect(steady && errorOf(steady, host)).toMatchObject({
    type: "pg\\!CpuThrottleError",
    message: "used 75.0 % of 4 cores on the mean of 5 s, limit 50 %, at step run.1",
  });
});
