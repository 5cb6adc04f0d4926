/** How far schedules have been told. */
import type { PipelineId } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readSchedulesQuery = sqlFile("read-schedules");
const registerSchedulesQuery = sqlFile("register-schedules");
const tellSchedulesQuery = sqlFile("tell-schedules");
const removeSchedulesQuery = sqlFile("remove-schedules");

/** Schedules of the whole installation. */
const maxSchedules = 100_000;

export interface ScheduleKey {
  readonly pipelineId: PipelineId;
  readonly triggerKey: string;
}

/** Times are milliseconds since the epoch. */
export interface ScheduleState extends ScheduleKey {
  readonly sinceMs: number;
  readonly toldUntilMs: number;
  readonly lastMs: number | null;
}

export async function readSchedules(database: Queryable): Promise<ScheduleState[]> {
  const rows = await database.query<{
    pipeline_id: PipelineId;
    trigger_key: string;
    since_ms: number;
    told_until_ms: number;
    last_ms: number | null;
  }>(readSchedulesQuery, [maxSchedules]);
  return rows.map((row) => ({
    pipelineId: row.pipeline_id,
    triggerKey: row.trigger_key,
    sinceMs: Math.round(row.since_ms),
    toldUntilMs: Math.round(row.told_until_ms),
    lastMs: row.last_ms === null ? null : Math.round(row.last_ms),
  }));
}

export async function registerSchedules(database: Queryable, at: Date, keys: readonly ScheduleKey[]): Promise<void> {
  await database.query(registerSchedulesQuery, [
    at,
    keys.map((key) => key.pipelineId),
    keys.map((key) => key.triggerKey),
  ]);
}

export async function removeSchedules(database: Queryable, keys: readonly ScheduleKey[]): Promise<void> {
  await database.query(removeSchedulesQuery, [keys.map((key) => key.pipelineId), keys.map((key) => key.triggerKey)]);
}

export interface ToldSchedule extends ScheduleKey {
  /** What it was told until before. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The last time of these that activates something; null: none does. */
  readonly lastMs: number | null;
}

/** Answers those that this moved: another controller has told the others. */
export async function tellSchedules(transaction: Queryable, told: readonly ToldSchedule[]): Promise<ScheduleKey[]> {
  const rows = await transaction.query<{ pipeline_id: PipelineId; trigger_key: string }>(tellSchedulesQuery, [
    told.map((one) => one.pipelineId),
    told.map((one) => one.triggerKey),
    told.map((one) => new Date(one.fromMs)),
    told.map((one) => new Date(one.untilMs)),
    told.map((one) => (one.lastMs === null ? null : new Date(one.lastMs))),
  ]);
  return rows.map((row) => ({ pipelineId: row.pipeline_id, triggerKey: row.trigger_key }));
}
