import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const writeRollupsQuery = sqlFile("write-queue-rollups");
const writeDepthsQuery = sqlFile("write-queue-depths");
const readHistoryQuery = sqlFile("read-queue-history");
const readDepthsQuery = sqlFile("read-pipeline-depths");

const limits = { rows: 50_000, pipelines: 10_000 } as const;

/** What came, started and ended of a pipeline in a queue in one minute, and the histograms of how long that took. */
export interface QueueRollup {
  readonly queue: string;
  readonly pipelineId: string;
  /** Its beginning, milliseconds since the epoch. */
  readonly minute: number;
  readonly enqueued: number;
  readonly started: number;
  readonly settled: number;
  readonly waitMs: number;
  readonly processingMs: number;
  readonly waits: readonly number[];
  readonly processings: readonly number[];
}

export interface PipelineDepth {
  readonly queue: string;
  readonly pipelineId: string;
  readonly waiting: number;
  readonly running: number;
}

/** Adds them to what is there. */
export async function writeQueueRollups(database: Queryable, rollups: readonly QueueRollup[]): Promise<void> {
  if (rollups.length === 0) return;
  await database.query(writeRollupsQuery, [
    rollups.map((one) => one.queue),
    rollups.map((one) => one.pipelineId),
    rollups.map((one) => new Date(one.minute)),
    rollups.map((one) => one.enqueued),
    rollups.map((one) => one.started),
    rollups.map((one) => one.settled),
    rollups.map((one) => one.waitMs),
    rollups.map((one) => one.processingMs),
    rollups.map((one) => `{${one.waits.join(",")}}`),
    rollups.map((one) => `{${one.processings.join(",")}}`),
  ]);
}

/** Replaces what an earlier look of the same minute saw. */
export async function writeQueueDepths(
  database: Queryable,
  minute: number,
  depths: readonly PipelineDepth[],
): Promise<void> {
  if (depths.length === 0) return;
  await database.query(writeDepthsQuery, [
    new Date(minute),
    depths.map((one) => one.queue),
    depths.map((one) => one.pipelineId),
    depths.map((one) => one.waiting),
    depths.map((one) => one.running),
  ]);
}

interface QueueRollupRow {
  readonly queue: string;
  readonly pipeline_id: string;
  readonly minute: Date;
  readonly enqueued: number;
  readonly started: number;
  readonly settled: number;
  readonly wait_ms: number;
  readonly processing_ms: number;
  readonly waits: readonly number[];
  readonly processings: readonly number[];
}

export async function readQueueHistory(database: Queryable, since: Date): Promise<QueueRollup[]> {
  const rows = await database.query<QueueRollupRow>(readHistoryQuery, [since, limits.rows]);
  return rows.map(({ pipeline_id: pipelineId, wait_ms: waitMs, processing_ms: processingMs, minute, ...row }) => ({
    ...row,
    ...{ pipelineId, waitMs, processingMs, minute: minute.getTime() },
  }));
}

/** The deepest ones first. */
export async function readPipelineDepths(database: Queryable): Promise<PipelineDepth[]> {
  const rows = await database.query<Omit<PipelineDepth, "pipelineId"> & { readonly pipeline_id: string }>(
    readDepthsQuery,
    [limits.pipelines],
  );
  return rows.map(({ pipeline_id: pipelineId, ...row }) => ({ ...row, pipelineId }));
}
