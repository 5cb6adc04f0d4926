/** Executions whose attempts are used up: what people look at, mend and begin anew. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readQuery = sqlFile("read-dead-letters");
const groupQuery = sqlFile("group-dead-letters");
const countQuery = sqlFile("count-dead-letters");
const editQuery = sqlFile("edit-dead-letter");
const dropQuery = sqlFile("drop-dead-letters");
const expireQuery = sqlFile("expire-dead-letters");

type Values = Readonly<Record<string, CanonicalValue>>;

/** All that is given has to hold; what is empty or null holds for all. */
export interface DeadLetterFilter {
  readonly queue: string;
  readonly pipelineId: string;
  readonly fingerprint: string;
  readonly errorType: string;
  readonly reason: string;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly executionIds: readonly string[] | null;
  /** Also those about which nothing is to be done any more. */
  readonly settled: boolean;
}

export interface DeadLetterRow {
  readonly execution_id: string;
  readonly pipeline_id: string;
  readonly queue: string;
  readonly plan_digest: string;
  readonly inputs: Values;
  readonly trigger_context: Values;
  readonly error: Values | null;
  readonly attempt_no: number;
  readonly at: Date;
  readonly reason: string;
  readonly fingerprint: string;
  readonly edited_inputs: Values | null;
  readonly settled_as: "requeued" | "dropped" | "expired" | null;
  readonly settled_at: Date | null;
  readonly requeued_as: string | null;
  readonly note: string | null;
}

export interface DeadLetterGroupRow {
  readonly fingerprint: string;
  readonly pipeline_id: string;
  readonly queue: string;
  readonly letters: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly newest: string;
  readonly error: Values | null;
}

const parametersOf = (filter: DeadLetterFilter): readonly unknown[] => [
  filter.queue,
  filter.pipelineId,
  filter.fingerprint,
  filter.errorType,
  filter.reason,
  filter.since,
  filter.until,
  filter.executionIds,
  filter.settled,
];

export function readDeadLetters(
  database: Queryable,
  filter: DeadLetterFilter,
  { limit, oldestFirst = false }: { readonly limit: number; readonly oldestFirst?: boolean },
): Promise<DeadLetterRow[]> {
  return database.query<DeadLetterRow>(readQuery, [...parametersOf(filter), limit, oldestFirst]);
}

/** At most 1,000, those with the most letters first. */
export function groupDeadLetters(database: Queryable, filter: DeadLetterFilter): Promise<DeadLetterGroupRow[]> {
  return database.query<DeadLetterGroupRow>(groupQuery, parametersOf(filter));
}

export async function countDeadLetters(database: Queryable, filter: DeadLetterFilter): Promise<number> {
  const [row] = await database.query<{ letters: number }>(countQuery, parametersOf(filter));
  return row?.letters ?? 0;
}

/** Null: back to what the activation had. False where it is not open any more. */
export async function editDeadLetter(
  database: Queryable,
  executionId: string,
  inputs: Values | null,
): Promise<boolean> {
  const text = inputs === null ? null : JSON.stringify(inputs);
  return (await database.query(editQuery, [executionId, text])).length > 0;
}

/** Answers how many, at most `limit`. */
export async function dropDeadLetters(
  database: Queryable,
  filter: DeadLetterFilter,
  { limit, note, at }: { readonly limit: number; readonly note: string; readonly at: Date },
): Promise<number> {
  return (await database.query(dropQuery, [...parametersOf(filter), limit, note, at])).length;
}

/** How long a queue keeps them: those from before. */
export interface DeadLetterRetention {
  readonly queue: string;
  readonly before: Date;
}

/** Settles open ones that are older than their queue keeps them; `before` is of queues that are not named. */
export async function expireDeadLetters(
  database: Queryable,
  retentions: readonly DeadLetterRetention[],
  { before, at, limit }: { readonly before: Date; readonly at: Date; readonly limit: number },
): Promise<number> {
  const queues = retentions.map(({ queue }) => queue);
  const befores = retentions.map((one) => one.before);
  return (await database.query(expireQuery, [queues, befores, before, at, limit])).length;
}
