import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readQuery = sqlFile("read-run-estimates");

export interface RunEstimate {
  readonly pipelineId: string;
  readonly runs: number;
  readonly meanMs: number;
}

/** Of the pipelines that ran since a time. */
export async function readRunEstimates(
  database: Queryable,
  pipelineIds: readonly string[],
  since: Date,
): Promise<RunEstimate[]> {
  const rows = await database.query<{ pipeline_id: string; runs: number; mean_ms: number }>(readQuery, [
    pipelineIds,
    since,
  ]);
  return rows.map((row) => ({ pipelineId: row.pipeline_id, runs: row.runs, meanMs: row.mean_ms }));
}
