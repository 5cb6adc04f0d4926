/** How steps of durable executions ended. What an attempt writes counts only while it is the one that runs. */
import type { AgentId } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const saveQuery = sqlFile("save-checkpoints");
const readQuery = sqlFile("read-checkpoints");

/** An attempt as an agent names it. */
export interface AttemptClaim {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly sessionId: string;
  readonly agentId: AgentId;
}

export interface StoredCheckpoint {
  /** Of the step; with the number of the call behind it from the second one on. */
  readonly nodeId: string;
  /** JSON, as the agent wrote it. */
  readonly ending: string;
}

export interface CheckpointBatch {
  readonly attempt: AttemptClaim;
  readonly checkpoints: readonly StoredCheckpoint[];
}

/** Rows of one execution that are read: more than an agent commits. */
const readLimit = 200_000;

/** For each batch whether its attempt runs; of the others nothing is stored. */
export async function saveCheckpoints(database: Queryable, batches: readonly CheckpointBatch[]): Promise<boolean[]> {
  const rows = batches.flatMap(({ attempt, checkpoints }) => checkpoints.map((one) => ({ ...attempt, ...one })));
  const running = await database.query<{ execution_id: string; attempt_no: number }>(saveQuery, [
    batches.map(({ attempt }) => attempt.executionId),
    batches.map(({ attempt }) => attempt.attemptNo),
    batches.map(({ attempt }) => attempt.sessionId),
    batches.map(({ attempt }) => attempt.agentId),
    rows.map((row) => row.executionId),
    rows.map((row) => row.attemptNo),
    rows.map((row) => row.nodeId),
    rows.map((row) => row.ending),
  ]);
  const keys = new Set(running.map((row) => `${row.execution_id}/${row.attempt_no}`));
  return batches.map(({ attempt }) => keys.has(`${attempt.executionId}/${attempt.attemptNo}`));
}

export async function readCheckpoints(database: Queryable, executionId: string): Promise<StoredCheckpoint[]> {
  const rows = await database.query<{ node_id: string; ending: string }>(readQuery, [executionId, readLimit]);
  return rows.map((row) => ({ nodeId: row.node_id, ending: row.ending }));
}
