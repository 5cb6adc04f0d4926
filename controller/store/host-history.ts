import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const writeHostRollupsQuery = sqlFile("write-host-rollups");

/** One figure of an agent's host, or of one of its GPUs, in one minute. */
export interface HostRollup {
  readonly agentId: string;
  readonly name: string;
  /** -1: the host. */
  readonly gpu: number;
  /** Its beginning, milliseconds since the epoch. */
  readonly minute: number;
  readonly samples: number;
  readonly total: number;
  readonly lowest: number;
  readonly highest: number;
}

export async function writeHostRollups(database: Queryable, rollups: readonly HostRollup[]): Promise<void> {
  if (rollups.length === 0) return;
  await database.query(writeHostRollupsQuery, [
    rollups.map((one) => one.agentId),
    rollups.map((one) => one.name),
    rollups.map((one) => one.gpu),
    rollups.map((one) => new Date(one.minute)),
    rollups.map((one) => one.samples),
    rollups.map((one) => one.total),
    rollups.map((one) => one.lowest),
    rollups.map((one) => one.highest),
  ]);
}
