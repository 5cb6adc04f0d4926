/** Reads what waits: what is new over all queues of the own shards, and what is next in one queue. */
import type { Queryable } from "./database.ts";
import { type QueuedExecution, type QueuedRow, toQueued } from "./executions.ts";
import { type NamedQuery, sqlFile } from "./sql-file.ts";

const readWaitingQuery = sqlFile("read-waiting");
const readOneQuery = sqlFile("read-one-waiting");
const readFirstQuery = sqlFile("read-first");
const readLastQuery = sqlFile("read-last");
const readFirstOfSharesQuery = sqlFile("read-first-of-shares");
const readLastOfSharesQuery = sqlFile("read-last-of-shares");
const readAgedQuery = sqlFile("read-aged");
const readDelayedQuery = sqlFile("read-delayed");
const rekeyQuery = sqlFile("rekey-queues");

export interface WaitingExecution extends QueuedExecution {
  /** Only agents of this host may run it; null: any. */
  readonly host: string | null;
  /** Order of arrival in the whole store. */
  readonly sequence: number;
  readonly importance: number;
  /** Lower ones first, then by the tie, then by arrival. */
  readonly orderKey: number;
  readonly orderTie: number;
  /** Those of one key share a rate; null: none. */
  readonly rateKey: string | null;
  /** Milliseconds since the epoch, as all times here. */
  readonly dueAtMs: number;
  readonly deadlineAtMs: number | null;
  readonly waitUntilMs: number | null;
}

interface WaitingRow extends QueuedRow {
  host: string | null;
  sequence: number;
  importance: number;
  order_key: number;
  order_tie: number;
  rate_key: string | null;
  due_at_ms: number;
  deadline_at_ms: number | null;
  wait_until_ms: number | null;
}

interface FeedRow extends WaitingRow {
  since_xid: string;
  next_xid: string;
}

/** Where nothing waits the horizon comes alone. */
interface HorizonRow extends Pick<FeedRow, "since_xid" | "next_xid"> {
  execution_id: null;
}

/** A place in the order in which executions began to wait: one transaction may make any number of them wait. */
export interface FeedPosition {
  readonly xid: string;
  /** Those of the transaction after this one; 0: all of them. */
  readonly sequence: number;
}

export const feedStart: FeedPosition = { xid: "0", sequence: 0 };

/** A page of what waits. */
export interface WaitingPage {
  readonly executions: readonly WaitingExecution[];
  /** Where the next page begins; undefined: this was the last one. */
  readonly next: FeedPosition | undefined;
  /** All transactions before it had ended when this was read. */
  readonly horizonXid: string;
}

export async function readWaiting(
  database: Queryable,
  shards: readonly string[],
  from: FeedPosition,
  limit: number,
): Promise<WaitingPage> {
  const rows = await database.query<FeedRow | HorizonRow>(readWaitingQuery, [shards, from.xid, from.sequence, limit]);
  const found = rows.filter((row) => row.execution_id !== null);
  const [first] = rows;
  if (first === undefined) throw new Error("read-waiting answers at least its horizon");
  const last = found.length === limit ? found.at(-1) : undefined;
  return {
    executions: found.map(toWaiting),
    next: last && { xid: last.since_xid, sequence: last.sequence },
    horizonXid: first.next_xid,
  };
}

/** Undefined where it does not wait. */
export async function readOneWaiting(database: Queryable, executionId: string): Promise<WaitingExecution | undefined> {
  const [row] = await database.query<WaitingRow>(readOneQuery, [executionId]);
  return row && toWaiting(row);
}

/** What cannot start now, so that no look finds it in front of what can. */
export interface ClosedGates {
  readonly concurrencyKeys: readonly string[];
  readonly rateKeys: readonly string[];
  readonly pipelines: readonly string[];
  /** Those that have no agent. */
  readonly hosts: readonly string[];
}

/** `aged` is what has waited since before a time, and gains nothing any more. */
export type DueOrder = { readonly by: "first" | "last" } | { readonly by: "aged"; readonly enqueuedBefore: Date };

const queryOf: Readonly<Record<DueOrder["by"], NamedQuery>> = {
  first: readFirstQuery,
  last: readLastQuery,
  aged: readAgedQuery,
};

/** The first ones of a queue that are due, in its order. */
export async function readDue(
  database: Queryable,
  queue: string,
  now: Date,
  order: DueOrder,
  closed: ClosedGates,
  limit: number,
): Promise<WaitingExecution[]> {
  const { concurrencyKeys, rateKeys, pipelines, hosts } = closed;
  const values = [queue, now, concurrencyKeys, pipelines, rateKeys, hosts, limit];
  if (order.by === "aged") values.push(order.enqueuedBefore);
  return (await database.query<WaitingRow>(queryOf[order.by], values)).map(toWaiting);
}

/** As `readDue`, so many of each of so many who share the queue. */
export async function readDueOfShares(
  database: Queryable,
  queue: string,
  now: Date,
  by: "first" | "last",
  closed: ClosedGates,
  limits: { readonly ofEach: number; readonly shares: number },
): Promise<WaitingExecution[]> {
  const { concurrencyKeys, rateKeys, pipelines, hosts } = closed;
  const query = by === "first" ? readFirstOfSharesQuery : readLastOfSharesQuery;
  const values = [queue, now, concurrencyKeys, pipelines, rateKeys, hosts, limits.ofEach, limits.shares];
  return (await database.query<WaitingRow>(query, values)).map(toWaiting);
}

/** Those of a queue that are due after a time, soonest first. */
export async function readDelayed(
  database: Queryable,
  queue: string,
  after: Date,
  limit: number,
): Promise<WaitingExecution[]> {
  return (await database.query<WaitingRow>(readDelayedQuery, [queue, after, limit])).map(toWaiting);
}

/** The order of a queue, as far as keys depend on it. */
export interface QueueOrder {
  readonly queue: string;
  readonly type: "fifo" | "lifo" | "priority" | "deadline";
  readonly ageing?: { readonly everyMs: number; readonly by: number };
  readonly fairShare?: { readonly by: "namespace" | "pipeline" | "key"; readonly key?: string };
}

/** Gives what waits in queues the keys of their order. */
export async function rekeyQueues(database: Queryable, orders: readonly QueueOrder[]): Promise<void> {
  await database.query(rekeyQuery, [
    orders.map((one) => one.queue),
    orders.map((one) => one.type),
    orders.map((one) => one.ageing?.everyMs ?? null),
    orders.map((one) => one.ageing?.by ?? null),
    orders.map((one) => one.fairShare?.by ?? null),
    orders.map((one) => one.fairShare?.key ?? null),
  ]);
}

const toWaiting = (row: WaitingRow): WaitingExecution => ({
  ...toQueued(row),
  host: row.host,
  sequence: row.sequence,
  importance: row.importance,
  orderKey: row.order_key,
  orderTie: row.order_tie,
  rateKey: row.rate_key,
  dueAtMs: row.due_at_ms,
  deadlineAtMs: row.deadline_at_ms,
  waitUntilMs: row.wait_until_ms,
});
