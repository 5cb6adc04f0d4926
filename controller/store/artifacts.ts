/** Bytes that executions keep. */
import type { Queryable } from "./database.ts";
import type { CallingAttempt } from "./pipeline-state.ts";
import { sqlFile } from "./sql-file.ts";

const putArtifactQuery = sqlFile("put-artifact");
const getArtifactQuery = sqlFile("get-artifact");
const readArtifactsQuery = sqlFile("read-artifacts");
const readArtifactQuery = sqlFile("read-artifact");

/** What one execution keeps at most. Two puts at once may go beyond it by one of them. */
export const artifactLimits = { bytes: 256 * 1024 * 1024, names: 1_000 } as const;

export async function putArtifact(
  database: Queryable,
  { executionId, attemptNo, sessionId }: CallingAttempt,
  name: string,
  content: Uint8Array,
): Promise<"kept" | "full" | "stale"> {
  const { bytes, names } = artifactLimits;
  const values = [executionId, attemptNo, sessionId, name, content, bytes, names];
  const [row] = await database.query<{ running: boolean; written: boolean }>(putArtifactQuery, values);
  if (row?.running !== true) return "stale";
  return row.written ? "kept" : "full";
}

/** What the caller's own execution keeps, or `keeper` where that is one of `namespace`. */
export async function getArtifact(
  database: Queryable,
  { executionId, attemptNo, sessionId }: CallingAttempt,
  keeper: string,
  namespace: string,
  name: string,
): Promise<{ readonly content: Uint8Array | null } | "stale"> {
  const values = [executionId, attemptNo, sessionId, keeper, namespace, name];
  const [row] = await database.query<{ content: Buffer | null }>(getArtifactQuery, values);
  return row ?? "stale";
}

export interface ArtifactRow {
  readonly execution_id: string;
  readonly name: string;
  readonly size: number;
  readonly attempt_no: number;
  readonly at: Date;
}

export function readArtifacts(database: Queryable, executionId: string): Promise<ArtifactRow[]> {
  return database.query<ArtifactRow>(readArtifactsQuery, [executionId]);
}

export async function readArtifact(
  database: Queryable,
  executionId: string,
  name: string,
): Promise<Uint8Array | undefined> {
  const [row] = await database.query<{ content: Buffer }>(readArtifactQuery, [executionId, name]);
  return row?.content;
}
