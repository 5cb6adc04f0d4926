import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const lockLedgerQuery = sqlFile("lock-ledger");
const readLedgerQuery = sqlFile("read-ledger");
const writeLedgerQuery = sqlFile("write-ledger");

export interface FileKey {
  readonly pipelineId: string;
  readonly triggerKey: string;
  /** Absolute, on the host that the ledger is read for. */
  readonly path: string;
}

/** A version of a file; its absence is a version too. */
export interface FileVersion {
  readonly version: string;
  readonly present: boolean;
}

/** One text for a key, in maps. */
export const fileKeyText = (key: FileKey): string => `${key.pipelineId}\n${key.triggerKey}\n${key.path}`;

/** What is known of these files, by `fileKeyText`. Locks the host's ledger until the transaction ends. */
export async function readLedger(
  transaction: Queryable,
  host: string,
  keys: readonly FileKey[],
): Promise<Map<string, FileVersion>> {
  await transaction.query(lockLedgerQuery, [host]);
  const rows = await transaction.query<{
    pipeline_id: string;
    trigger_key: string;
    path: string;
    version: string;
    present: boolean;
  }>(readLedgerQuery, [
    host,
    keys.map((key) => key.pipelineId),
    keys.map((key) => key.triggerKey),
    keys.map((key) => key.path),
  ]);
  return new Map(
    rows.map(({ pipeline_id: pipelineId, trigger_key: triggerKey, path, version, present }) => [
      fileKeyText({ pipelineId, triggerKey, path }),
      { version, present },
    ]),
  );
}

/** Each key at most once. */
export async function writeLedger(
  transaction: Queryable,
  host: string,
  at: Date,
  entries: readonly (FileKey & FileVersion)[],
): Promise<void> {
  await transaction.query(writeLedgerQuery, [
    host,
    at,
    entries.map((entry) => entry.pipelineId),
    entries.map((entry) => entry.triggerKey),
    entries.map((entry) => entry.path),
    entries.map((entry) => entry.version),
    entries.map((entry) => entry.present),
  ]);
}
