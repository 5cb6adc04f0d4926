import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readQuery = sqlFile("read-observed-peaks");

export interface ObservedPeak {
  readonly pipelineId: string;
  readonly runs: number;
  readonly memoryBytes: number;
  readonly cores: number;
}

export interface PeakRules {
  readonly sinceMs: number;
  readonly halfLifeMs: number;
  readonly percentile: number;
  readonly leastRuns: number;
}

export async function readObservedPeaks(
  database: Queryable,
  pipelineIds: readonly string[],
  nowMs: number,
  { sinceMs, halfLifeMs, percentile, leastRuns }: PeakRules,
): Promise<ObservedPeak[]> {
  const rows = await database.query<{ pipeline_id: string; runs: number; memory_mb: number; cores: number }>(
    readQuery,
    [pipelineIds, new Date(nowMs), new Date(nowMs - sinceMs), halfLifeMs, percentile, leastRuns],
  );
  return rows.map((row) => ({
    pipelineId: row.pipeline_id,
    runs: row.runs,
    memoryBytes: Math.ceil(row.memory_mb) * 2 ** 20,
    cores: row.cores,
  }));
}
