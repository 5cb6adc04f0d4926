/** How condition triggers stand, and what they have activated while they go on holding. */
import type { PipelineId } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readStatesQuery = sqlFile("read-condition-states");
const writeStatesQuery = sqlFile("write-condition-states");
const removeStatesQuery = sqlFile("remove-condition-states");
const readUsesQuery = sqlFile("read-condition-uses");
const useConditionsQuery = sqlFile("use-conditions");
const endUsesQuery = sqlFile("end-condition-uses");

/** Conditions times hosts of the whole installation. */
const maxStates = 100_000;

export interface ConditionState {
  readonly condition: string;
  /** Host; empty: all hosts together. */
  readonly site: string;
  readonly state: "off" | "pending" | "on";
  readonly value: number;
  readonly sinceMs: number;
}

export async function readConditionStates(database: Queryable): Promise<ConditionState[]> {
  const rows = await database.query<Omit<ConditionState, "sinceMs"> & { since_ms: number }>(readStatesQuery, [
    maxStates,
  ]);
  return rows.map(({ since_ms: sinceMs, ...row }) => ({ ...row, sinceMs }));
}

export async function writeConditionStates(database: Queryable, states: readonly ConditionState[]): Promise<void> {
  await database.query(writeStatesQuery, [
    states.map((one) => one.condition),
    states.map((one) => one.site),
    states.map((one) => one.state),
    states.map((one) => one.value),
    states.map((one) => new Date(one.sinceMs)),
  ]);
}

/** Keeps those of these conditions alone. */
export async function removeConditionStates(database: Queryable, kept: readonly string[]): Promise<void> {
  await database.query(removeStatesQuery, [kept]);
}

export interface ConditionUse {
  readonly pipelineId: PipelineId;
  readonly need: string;
  readonly site: string;
}

interface UseRow {
  pipeline_id: PipelineId;
  need: string;
  site: string;
}

const toUse = ({ pipeline_id: pipelineId, need, site }: UseRow): ConditionUse => ({ pipelineId, need, site });

export async function readConditionUses(database: Queryable, shards: readonly string[]): Promise<ConditionUse[]> {
  return (await database.query<UseRow>(readUsesQuery, [shards])).map(toUse);
}

/** Answers those that had not been used yet. */
export async function useConditions(
  transaction: Queryable,
  shard: string,
  at: Date,
  uses: readonly ConditionUse[],
): Promise<ConditionUse[]> {
  const rows = await transaction.query<UseRow>(useConditionsQuery, [shard, ...columnsOf(uses), at]);
  return rows.map(toUse);
}

export async function endConditionUses(transaction: Queryable, uses: readonly ConditionUse[]): Promise<void> {
  await transaction.query(endUsesQuery, columnsOf(uses));
}

const columnsOf = (uses: readonly ConditionUse[]): string[][] => [
  uses.map((one) => one.pipelineId),
  uses.map((one) => one.need),
  uses.map((one) => one.site),
];
