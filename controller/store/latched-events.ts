/** Events that wait to be used by an activation. */
import type { CanonicalValue, PipelineId } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const latchEventsQuery = sqlFile("latch-events");
const readLatchedQuery = sqlFile("read-latched");
const releaseLatchedQuery = sqlFile("release-latched");

type Fields = Readonly<Record<string, CanonicalValue>>;

export const latchLimits = {
  /** Events of one pipeline that may wait; beyond it new ones are refused. */
  perPipeline: 10_000,
  /** Events of one pipeline that are looked at together. */
  read: 2_000,
} as const;

export interface NewLatchedEvent {
  readonly eventId: string;
  readonly shard: string;
  readonly pipelineId: string;
  readonly triggerKey: string;
  readonly fields: Fields;
  readonly host: string | null;
  readonly correlation: string;
  /** Another event of the same trigger and key is a duplicate until then; null: it is new. */
  readonly key: { readonly text: string; readonly until: Date } | null;
}

export type LatchAnswer = "latched" | "duplicate" | "full";

/** By event id; each key at most once. */
export async function latchEvents(
  database: Queryable,
  now: Date,
  events: readonly NewLatchedEvent[],
): Promise<ReadonlyMap<string, LatchAnswer>> {
  const rows = await database.query<{ event_id: string; is_full: boolean }>(latchEventsQuery, [
    events.map((one) => one.eventId),
    events.map((one) => one.shard),
    events.map((one) => one.pipelineId),
    events.map((one) => one.triggerKey),
    events.map((one) => JSON.stringify(one.fields)),
    events.map((one) => one.host),
    events.map((one) => one.correlation),
    events.map((one) => one.key?.text ?? null),
    events.map((one) => one.key?.until ?? null),
    now,
    latchLimits.perPipeline,
  ]);
  const answers = new Map<string, LatchAnswer>(events.map((one) => [one.eventId, "duplicate"]));
  for (const row of rows) answers.set(row.event_id, row.is_full ? "full" : "latched");
  return answers;
}

export interface LatchedEvent {
  readonly eventId: string;
  readonly pipelineId: PipelineId;
  readonly triggerKey: string;
  readonly fields: Fields;
  readonly host: string | null;
  readonly correlation: string;
  readonly atMs: number;
}

/** Of each pipeline the oldest ones, in order. An empty id asks for all pipelines. */
export async function readLatched(
  database: Queryable,
  shards: readonly string[],
  pipelineId = "",
): Promise<LatchedEvent[]> {
  const rows = await database.query<{
    event_id: string;
    pipeline_id: PipelineId;
    trigger_key: string;
    fields: Fields;
    host: string | null;
    correlation: string;
    at_ms: number;
  }>(readLatchedQuery, [shards, latchLimits.read, pipelineId]);
  return rows.map((row) => ({
    eventId: row.event_id,
    pipelineId: row.pipeline_id,
    triggerKey: row.trigger_key,
    fields: row.fields,
    host: row.host,
    correlation: row.correlation,
    atMs: row.at_ms,
  }));
}

/** Answers those that were still there. */
export async function releaseLatched(
  transaction: Queryable,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await transaction.query<{ event_id: string }>(releaseLatchedQuery, [eventIds]);
  return new Set(rows.map((row) => row.event_id));
}
