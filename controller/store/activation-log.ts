/** Occurrences that activated nothing, for people to look at. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const logOccurrencesQuery = sqlFile("log-occurrences");
const readActivationsQuery = sqlFile("read-activations");

type Values = Readonly<Record<string, CanonicalValue>>;

export const passingDecisions = ["waiting", "duplicate", "filtered", "refused"] as const;
export type PassingDecision = (typeof passingDecisions)[number];

export interface LoggedOccurrence {
  /** UUID version 7: it sorts among the ids of activations. */
  readonly occurrenceId: string;
  readonly pipelineId: string;
  readonly triggerName: string;
  readonly triggerKey: string | null;
  readonly decision: PassingDecision;
  readonly reason: string;
  readonly executionId: string | null;
  readonly triggerContext: Values;
  /** Occurrences that it stands for. */
  readonly times: number;
  readonly at: Date;
}

export async function logOccurrences(database: Queryable, rows: readonly LoggedOccurrence[]): Promise<void> {
  await database.query(logOccurrencesQuery, [
    rows.map((row) => row.occurrenceId),
    rows.map((row) => row.pipelineId),
    rows.map((row) => row.triggerName),
    rows.map((row) => row.triggerKey),
    rows.map((row) => row.decision),
    rows.map((row) => row.reason),
    rows.map((row) => row.executionId),
    rows.map((row) => JSON.stringify(row.triggerContext)),
    rows.map((row) => row.times),
    rows.map((row) => row.at),
  ]);
}

export interface ActivationRow {
  /** Of an occurrence that activated nothing: its own id. */
  readonly activation_id: string;
  readonly pipeline_id: string;
  readonly trigger_name: string;
  readonly trigger_key: string | null;
  readonly trigger_context: Values;
  readonly revision: string | null;
  readonly at: Date;
  readonly decision: "activated" | PassingDecision;
  readonly reason: string;
  readonly execution_id: string | null;
  readonly times: number;
}

/** Newest first. Empty texts let all pass. */
export function readActivations(
  database: Queryable,
  pipelineId: string,
  decision: string,
  limit: number,
): Promise<ActivationRow[]> {
  return database.query<ActivationRow>(readActivationsQuery, [pipelineId, decision, limit]);
}
