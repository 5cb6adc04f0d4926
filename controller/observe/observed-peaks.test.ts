import { expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import { type MetricsRollup, writeRollups } from "../store/metrics-history.ts";
import { ObservedPeaks } from "./observed-peaks.ts";

const dayMs = 86_400_000;
const nowMs = Date.parse("2026-11-23T12:00:00Z");

const minute = (pipelineId: string, agoMs: number, memoryPeakMb: number, samples = 1, cores = 0.5): MetricsRollup => ({
  ...{ pipelineId, nodeId: "", minute: nowMs - agoMs, samples, memoryPeakMb },
  ...{ cpuTimeMs: cores * samples * 1_000, durationMs: samples * 1_000, conversionOverheadMs: 0 },
});

/** Of one minute each, the newest first. */
const minutes = (pipelineId: string, peaks: readonly number[], agoMs = 0) =>
  peaks.map((peak, at) => minute(pipelineId, agoMs + at * 60_000, peak));

test("peaks are what most minutes stayed below, and old ones fade", async () => {
  await using store = await createTestDatabase();
  const even = Array.from({ length: 100 }, (_, at) => at + 1);
  await writeRollups(store.database, [
    ...minutes("even", even),
    ...minutes("few", [900, 900]),
    ...minutes("grown", [800, 800, 800, 800, 800]),
    ...minutes("grown", Array<number>(20).fill(50), 6 * dayMs),
    ...minutes("forgotten", [700, 700, 700, 700, 700], 8 * dayMs),
    minute("busy", 0, 64, 500, 2),
  ]);
  const peaks = new ObservedPeaks(store.database, { now: () => nowMs } as never);
  await peaks.load(["even", "few", "grown", "forgotten", "busy", "never"]);
  const mib = (id: string) => Math.round((peaks.get(id)?.memoryBytes ?? 0) / 2 ** 20);
  expect(mib("even")).toBeGreaterThanOrEqual(94);
  expect(mib("even")).toBeLessThanOrEqual(97);
  expect(mib("grown")).toBe(800);
  expect(peaks.get("busy")).toEqual({ pipelineId: "busy", runs: 500, memoryBytes: 64 * 2 ** 20, cores: 2 });
  expect(["few", "forgotten", "never"].map((id) => peaks.get(id))).toEqual([undefined, undefined, undefined]);
});
