import type { CanonicalValue, ExecutionId, PipelineId, PlanDigest } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import type { CallingAttempt } from "./pipeline-state.ts";
import { sqlFile } from "./sql-file.ts";

const activate = sqlFile("activate");
const replay = sqlFile("replay");
const findDuplicates = sqlFile("find-duplicates");
const findOpenExecutionsQuery = sqlFile("find-open-executions");

/** An event that passed all checks, with all that its execution is pinned to. */
export interface NewActivation {
  readonly activationId: ExecutionId;
  readonly pipelineId: PipelineId;
  readonly dedupeKey: string | null;
  readonly triggerName: string;
  readonly triggerKey: string | null;
  readonly triggerContext: Readonly<Record<string, CanonicalValue>>;
  readonly inputs: Readonly<Record<string, CanonicalValue>>;
  readonly revision: string | null;
  readonly planDigest: PlanDigest;
  readonly queue: string;
  readonly shard: string;
  readonly priority: number;
  /** Only agents of this host may run it; null: any. */
  readonly host: string | null;
  readonly maxAttempts: number;
  readonly at: Date;
  /** The attempt whose step made it: it counts only while that one runs. Absent: it came from outside. */
  readonly parent?: CallingAttempt;
  /** Absent: the place of whatever comes to a queue that asks for no order and has no limits. */
  readonly place?: QueuePlace;
}

/** What decides when an execution leaves its queue, beside its arrival. */
export interface QueuePlace {
  readonly importance: number;
  /** Lower ones first, then by the tie, then by arrival. */
  readonly orderKey: number;
  readonly orderTie: number;
  readonly concurrencyKey: string | null;
  readonly rateKey: string | null;
  /** Who it is among those who share the queue; null: nobody shares it. */
  readonly shareKey?: string | null;
  /** When it is to have ended. */
  readonly deadlineAt: Date | null;
  /** When it has waited for its first start long enough. */
  readonly waitUntil: Date | null;
}

/** Commits activations with their executions in one statement. Answers the ids that are new. */
export async function insertActivations(
  database: Queryable,
  activations: readonly NewActivation[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ execution_id: string }>(activate, [
    activations.map((one) => one.activationId),
    activations.map((one) => one.pipelineId),
    activations.map((one) => one.dedupeKey),
    activations.map((one) => one.triggerName),
    activations.map((one) => one.triggerKey),
    activations.map((one) => JSON.stringify(one.triggerContext)),
    activations.map((one) => JSON.stringify(one.inputs)),
    activations.map((one) => one.revision),
    activations.map((one) => one.planDigest),
    activations.map((one) => one.queue),
    activations.map((one) => one.shard),
    activations.map((one) => one.priority),
    activations.map((one) => one.host),
    activations.map((one) => one.maxAttempts),
    activations.map((one) => one.at),
    activations.map((one) => one.parent?.executionId ?? null),
    activations.map((one) => one.parent?.attemptNo ?? null),
    activations.map((one) => one.parent?.sessionId ?? null),
    activations.map((one) => one.place?.importance ?? 0),
    activations.map((one) => one.place?.orderKey ?? 0),
    activations.map((one) => one.place?.orderTie ?? 0),
    activations.map((one) => one.place?.concurrencyKey ?? null),
    activations.map((one) => one.place?.rateKey ?? null),
    activations.map((one) => one.place?.deadlineAt ?? null),
    activations.map((one) => one.place?.waitUntil ?? null),
    activations.map((one) => one.place?.shareKey ?? null),
  ]);
  return new Set(rows.map((row) => row.execution_id));
}

export interface NewReplay
  extends Pick<NewActivation, "activationId" | "dedupeKey" | "triggerName" | "triggerContext" | "at"> {
  /** The execution that has ended. */
  readonly of: string;
  /** Takes over nothing that was committed. */
  readonly fromStart: boolean;
  /** Instead of what the other one began with. */
  readonly inputs?: NewActivation["inputs"];
  /** Instead of what the other one was pinned to. */
  readonly pin?: Pick<NewActivation, "planDigest" | "revision" | "queue" | "shard" | "priority" | "maxAttempts">;
}

/** Answers the ids that are new: not those whose key was used before, or whose other execution has no outcome. */
export async function insertReplays(database: Queryable, replays: readonly NewReplay[]): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ execution_id: string }>(replay, [
    replays.map((one) => one.of),
    replays.map((one) => one.activationId),
    replays.map((one) => one.dedupeKey),
    replays.map((one) => one.triggerName),
    replays.map((one) => JSON.stringify(one.triggerContext)),
    replays.map((one) => one.at),
    replays.map((one) => one.fromStart),
    replays.map((one) => (one.inputs === undefined ? null : JSON.stringify(one.inputs))),
    replays.map((one) => one.pin?.planDigest ?? null),
    replays.map((one) => one.pin?.revision ?? null),
    replays.map((one) => one.pin?.queue ?? null),
    replays.map((one) => one.pin?.shard ?? null),
    replays.map((one) => one.pin?.priority ?? null),
    replays.map((one) => one.pin?.maxAttempts ?? null),
  ]);
  return new Set(rows.map((row) => row.execution_id));
}

/** The execution that each of these dedupe keys started, by `pipelineId + "\n" + dedupeKey`. */
export async function findFirstExecutions(
  database: Queryable,
  keys: readonly { readonly pipelineId: string; readonly dedupeKey: string }[],
): Promise<ReadonlyMap<string, ExecutionId>> {
  const rows = await database.query<{ pipeline_id: string; dedupe_key: string; execution_id: ExecutionId }>(
    findDuplicates,
    [keys.map((key) => key.pipelineId), keys.map((key) => key.dedupeKey)],
  );
  return new Map(rows.map((row) => [`${row.pipeline_id}\n${row.dedupe_key}`, row.execution_id]));
}

/** Those of these keys whose execution has no outcome yet, by `pipelineId + "\n" + dedupeKey`. */
export async function findOpenExecutions(
  database: Queryable,
  keys: readonly { readonly pipelineId: string; readonly dedupeKey: string }[],
): Promise<ReadonlyMap<string, ExecutionId>> {
  if (keys.length === 0) return new Map();
  const rows = await database.query<{ pipeline_id: string; dedupe_key: string; execution_id: ExecutionId }>(
    findOpenExecutionsQuery,
    [keys.map((key) => key.pipelineId), keys.map((key) => key.dedupeKey)],
  );
  return new Map(rows.map((row) => [`${row.pipeline_id}\n${row.dedupe_key}`, row.execution_id]));
}
