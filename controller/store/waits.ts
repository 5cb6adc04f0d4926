/** What holds up one execution that waits, as far as the store knows. Each look is bounded, however much waits. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";
import type { WaitingExecution } from "./waiting.ts";

const readPlacesQuery = sqlFile("read-places");
const readStartsQuery = sqlFile("read-starts");
const countFirstQuery = sqlFile("count-before-first");
const countLastQuery = sqlFile("count-before-last");
const countAgedQuery = sqlFile("count-before-aged");

export const waitLimits = {
  /** What is before an execution is counted so far. */
  beforeItems: 10_000,
} as const;

export interface Places {
  readonly used: number;
  /** The first three that began, by id. */
  readonly holders: readonly string[];
}

/** In the queue, of the execution's pipeline in it, and of its key. */
export interface PlacesTaken {
  readonly queue: Places;
  readonly pipeline: Places;
  readonly key: Places;
}

interface PlacesRow {
  queue_used: number;
  pipeline_used: number;
  key_used: number;
  queue_holders: string[];
  pipeline_holders: string[];
  key_holders: string[];
}

type Waiting = Pick<WaitingExecution, "shard" | "queue" | "pipelineId" | "concurrencyKey">;

const nobody: PlacesRow = {
  ...{ queue_used: 0, pipeline_used: 0, key_used: 0 },
  ...{ queue_holders: [], pipeline_holders: [], key_holders: [] },
};

export async function readPlaces(
  database: Queryable,
  { shard, queue, pipelineId, concurrencyKey }: Waiting,
): Promise<PlacesTaken> {
  const [row = nobody] = await database.query<PlacesRow>(readPlacesQuery, [shard, queue, pipelineId, concurrencyKey]);
  return {
    queue: { used: row.queue_used, holders: row.queue_holders },
    pipeline: { used: row.pipeline_used, holders: row.pipeline_holders },
    key: { used: row.key_used, holders: row.key_holders },
  };
}

/** Of a queue's executions, those that share something with one of them. */
export interface Shares {
  readonly inAll: number;
  readonly ofPipeline: number;
  readonly ofKey: number;
  readonly ofRateKey: number;
}

interface SharesRow {
  in_all: number;
  of_pipeline: number;
  of_key: number;
  of_rate_key: number;
}

export type LineOrder =
  | { readonly by: "first" | "last" }
  | { readonly by: "aged"; readonly most: number; readonly gain: number; readonly everyMs: number };

/** What is before it, counted up to `waitLimits.beforeItems`. */
export async function countBefore(
  database: Queryable,
  execution: WaitingExecution,
  order: LineOrder,
  nowMs: number,
): Promise<Shares> {
  const { queue, orderKey, orderTie, sequence, pipelineId, concurrencyKey, rateKey, executionId } = execution;
  const now = new Date(nowMs);
  const shared = [pipelineId, concurrencyKey, rateKey, waitLimits.beforeItems];
  const [row] =
    order.by === "aged"
      ? await database.query<SharesRow>(countAgedQuery, [
          ...[queue, now, nowMs, executionId],
          ...shared,
          ...[order.most, order.gain, order.everyMs],
        ])
      : await database.query<SharesRow>(order.by === "last" ? countLastQuery : countFirstQuery, [
          ...[queue, now, orderKey, orderTie, sequence],
          ...shared,
        ]);
  return {
    inAll: row?.in_all ?? 0,
    ofPipeline: row?.of_pipeline ?? 0,
    ofKey: row?.of_key ?? 0,
    ofRateKey: row?.of_rate_key ?? 0,
  };
}

/** How many started in a while. */
export interface Starts extends Omit<Shares, "ofRateKey"> {
  /** From the first of them on. */
  readonly overMs: number;
}

interface StartsRow extends Omit<SharesRow, "of_rate_key"> {
  from_ms: number | null;
  until_ms: number | null;
}

export async function readStarts(
  database: Queryable,
  { shard, queue, pipelineId, concurrencyKey }: Waiting,
  sinceMs: number,
  nowMs: number,
): Promise<Starts> {
  const parameters = [shard, queue, pipelineId, concurrencyKey, new Date(sinceMs)];
  const [row] = await database.query<StartsRow>(readStartsQuery, parameters);
  return {
    inAll: row?.in_all ?? 0,
    ofPipeline: row?.of_pipeline ?? 0,
    ofKey: row?.of_key ?? 0,
    overMs: (row?.until_ms ?? nowMs) - (row?.from_ms ?? sinceMs),
  };
}
