/** What runs of pipelines took at their peaks, by the history of the last week. A pipeline with few runs has none. */
import type { Clock } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { type ObservedPeak, readObservedPeaks } from "../store/observed-peaks.ts";
import { PipelineReadings } from "./pipeline-readings.ts";

export const peakLimits = {
  sinceMs: 7 * 86_400_000,
  /** After this long a minute of the history counts half. */
  halfLifeMs: 86_400_000,
  /** Of the minutes, weighted so, this share had a lower peak. */
  percentile: 0.95,
  /** Fewer runs say too little. */
  leastRuns: 5,
} as const;

export class ObservedPeaks extends PipelineReadings<ObservedPeak> {
  constructor(database: Queryable, clock: Clock) {
    super(clock, (ids, nowMs) => readObservedPeaks(database, ids, nowMs, peakLimits));
  }
}
