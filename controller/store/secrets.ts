/** Secrets as they are declared, and their values as they are kept: sealed. Nothing here can open one. */
import type { Queryable } from "./database.ts";
import type { CallingAttempt } from "./pipeline-state.ts";
import { sqlFile } from "./sql-file.ts";

const writeSecretQuery = sqlFile("write-secret");
const deleteSecretQuery = sqlFile("delete-secret");
const getSecretQuery = sqlFile("get-secret");
const getConnectionQuery = sqlFile("get-connection");
const readBrokerConnectionsQuery = sqlFile("read-broker-connections");
const readSecretsQuery = sqlFile("read-secrets");

/** Secrets of one installation. */
export const secretsLimit = 10_000;

/** Connections to brokers of one installation. */
const connectionsLimit = 1_000;

/** A value under a key of its own, and that key under the master key. */
export interface SealedValue {
  readonly masterKeyId: string;
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface SecretWrite extends SealedValue {
  readonly name: string;
  readonly setBy: string;
  readonly setAt: Date;
}

/** Either part may be missing. */
export interface StoredSecret {
  /** What declares it, as it was applied. */
  readonly spec: unknown;
  readonly value: SealedValue | undefined;
}

export interface StoredConnection {
  /** What declares it, as it was applied. */
  readonly spec: unknown;
  /** The one that `spec.credentialsFrom` names. */
  readonly secret: StoredSecret;
}

export interface ListedSecret extends StoredSecret {
  readonly name: string;
  readonly repository: string | null;
  readonly version: number | null;
  readonly setBy: string | null;
  readonly setAt: Date | null;
}

/** Answers how often the value was set by now. */
export async function writeSecret(database: Queryable, secret: SecretWrite): Promise<number> {
  const { name, masterKeyId, wrappedKey, sealed, setBy, setAt } = secret;
  const values = [name, masterKeyId, Buffer.from(wrappedKey), Buffer.from(sealed), setBy, setAt];
  const [row] = await database.query<{ version: number }>(writeSecretQuery, values);
  return row?.version ?? 0;
}

/** Whether there was a value. */
export async function deleteSecret(database: Queryable, name: string): Promise<boolean> {
  return (await database.query(deleteSecretQuery, [name])).length === 1;
}

/** For a step of an attempt under way. */
export async function getSecret(
  database: Queryable,
  { executionId, attemptNo, sessionId }: CallingAttempt,
  name: string,
): Promise<StoredSecret | "stale"> {
  const [row] = await database.query<Row>(getSecretQuery, [executionId, attemptNo, sessionId, name]);
  return row === undefined ? "stale" : { spec: row.spec ?? undefined, value: valueOf(row) };
}

/** For a step of an attempt under way. */
export async function getConnection(
  database: Queryable,
  { executionId, attemptNo, sessionId }: CallingAttempt,
  name: string,
): Promise<StoredConnection | "stale"> {
  const values = [executionId, attemptNo, sessionId, name];
  const [row] = await database.query<Row & { readonly connection: unknown }>(getConnectionQuery, values);
  if (row === undefined) return "stale";
  return { spec: row.connection ?? undefined, secret: { spec: row.spec ?? undefined, value: valueOf(row) } };
}

/** For the triggers of this controller. */
export async function readBrokerConnections(
  database: Queryable,
  types: readonly string[],
): Promise<(StoredConnection & { readonly name: string })[]> {
  const rows = await database.query<Row & { readonly name: string; readonly connection: unknown }>(
    readBrokerConnectionsQuery,
    [types, connectionsLimit],
  );
  return rows.map((row) => ({
    name: row.name,
    spec: row.connection ?? undefined,
    secret: { spec: row.spec ?? undefined, value: valueOf(row) },
  }));
}

/** All, or the one of a name. */
export async function readSecrets(database: Queryable, name?: string): Promise<ListedSecret[]> {
  const rows = await database.query<ListedRow>(readSecretsQuery, [name ?? null, secretsLimit]);
  return rows.map((row) => ({
    ...{ name: row.name, repository: row.repository, version: row.version, setBy: row.set_by, setAt: row.set_at },
    ...{ spec: row.spec ?? undefined, value: valueOf(row) },
  }));
}

interface Row {
  readonly spec: unknown;
  readonly master_key_id: string | null;
  readonly wrapped_key: Buffer | null;
  readonly sealed: Buffer | null;
}

interface ListedRow extends Row {
  readonly name: string;
  readonly repository: string | null;
  readonly version: number | null;
  readonly set_by: string | null;
  readonly set_at: Date | null;
}

function valueOf({ master_key_id: masterKeyId, wrapped_key: wrappedKey, sealed }: Row): SealedValue | undefined {
  if (masterKeyId === null || wrappedKey === null || sealed === null) return undefined;
  return { masterKeyId, wrappedKey, sealed };
}
