import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const writeRollupsQuery = sqlFile("write-rollups");

/** Samples of one step (or of whole executions: empty `nodeId`) in one minute: sums, and the highest memory peak. */
export interface MetricsRollup {
  readonly pipelineId: string;
  readonly nodeId: string;
  /** Its beginning, milliseconds since the epoch. */
  readonly minute: number;
  readonly samples: number;
  readonly cpuTimeMs: number;
  readonly memoryPeakMb: number;
  readonly durationMs: number;
  readonly conversionOverheadMs: number;
}

export async function writeRollups(database: Queryable, rollups: readonly MetricsRollup[]): Promise<void> {
  await database.query(writeRollupsQuery, [
    rollups.map((one) => one.pipelineId),
    rollups.map((one) => one.nodeId),
    rollups.map((one) => new Date(one.minute)),
    rollups.map((one) => one.samples),
    rollups.map((one) => one.cpuTimeMs),
    rollups.map((one) => one.memoryPeakMb),
    rollups.map((one) => one.durationMs),
    rollups.map((one) => one.conversionOverheadMs),
  ]);
}
