/**
 * Durable values of pipelines, as their steps read and change them. Each statement takes a batch, and has effect only for
 * calls of attempts that are under way: the others are answered with undefined.
 */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readStateQuery = sqlFile("read-state");
const writeStateQuery = sqlFile("write-state");
const incrementStateQuery = sqlFile("increment-state");

/** The attempt that calls; `sessionId` is the one whose process runs it. */
export interface CallingAttempt {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly sessionId: string;
}

/** One call of a step of it. The same call twice is one. */
export interface StepCall extends CallingAttempt {
  readonly nodeId: string;
  readonly sequence: number;
}

interface StateKey {
  readonly pipelineId: string;
  readonly key: string;
}

export type StateRead = CallingAttempt & StateKey;
/** `value`: JSON as text; null removes the key. */
export type StateWrite = StepCall & StateKey & { readonly value: string | null };
export type StateIncrement = StepCall & StateKey & { readonly by: number };

/** JSON as text; null where the key has no value. */
export type ReadValue = { readonly value: string | null };
/** Null where the value is no int, or would leave the ints that are exact. */
export type Sum = { readonly sum: number | null };

export async function readState(
  database: Queryable,
  reads: readonly StateRead[],
): Promise<readonly (ReadValue | undefined)[]> {
  const rows = await database.query<ReadValue & Numbered>(readStateQuery, [...attempts(reads), ...keys(reads)]);
  return inOrder(reads, rows);
}

export async function writeState(
  database: Queryable,
  writes: readonly StateWrite[],
): Promise<readonly (Numbered | undefined)[]> {
  const rows = await database.query<Numbered>(writeStateQuery, [
    ...calls(writes),
    ...keys(writes),
    writes.map((one) => one.value),
  ]);
  return inOrder(writes, rows);
}

export async function incrementState(
  database: Queryable,
  increments: readonly StateIncrement[],
): Promise<readonly (Sum | undefined)[]> {
  const rows = await database.query<Sum & Numbered>(incrementStateQuery, [
    ...calls(increments),
    ...keys(increments),
    increments.map((one) => one.by),
  ]);
  return inOrder(increments, rows);
}

interface Numbered {
  /** Place in the batch, from 1. */
  readonly number: number;
}

const attempts = (all: readonly CallingAttempt[]) => [
  all.map((one) => one.executionId),
  all.map((one) => one.attemptNo),
  all.map((one) => one.sessionId),
];

const calls = (all: readonly StepCall[]) => [
  ...attempts(all),
  all.map((one) => one.nodeId),
  all.map((one) => one.sequence),
];

const keys = (all: readonly StateKey[]) => [all.map((one) => one.pipelineId), all.map((one) => one.key)];

function inOrder<Row extends Numbered>(asked: readonly unknown[], rows: readonly Row[]): readonly (Row | undefined)[] {
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return asked.map((_, index) => byNumber.get(index + 1));
}
