/** What repositories declared at revisions that were in force, and what people ordered of repositories. */
import type { ObjectKey } from "./objects.ts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const recordQuery = sqlFile("record-revision");
const readRevisionQuery = sqlFile("read-revision");
const readRevisionsQuery = sqlFile("read-revisions");
const readOrdersQuery = sqlFile("read-repository-orders");
const holdQuery = sqlFile("hold-revision");
const releaseQuery = sqlFile("release-hold");
const confirmPruneQuery = sqlFile("confirm-prune");
const suspendQuery = sqlFile("suspend-repository");

const limits = {
  /** Revisions of one repository that can be gone back to. */
  revisions: 10,
  /** Repositories of one installation. */
  repositories: 1_000,
} as const;

export interface RecordedObject extends ObjectKey {
  readonly spec: unknown;
  readonly specDigest: string;
  readonly file: string;
  readonly line: number;
}

export interface RecordedRevision {
  readonly repository: string;
  readonly revision: string;
  readonly at: Date;
}

export interface RepositoryOrders {
  readonly repository: string;
  /** Who suspended it; null: it is followed. */
  readonly suspended_by: string | null;
  /** In force instead of the quarantined commits; null: none is held. */
  readonly held_revision: string | null;
  readonly quarantined: readonly string[];
  readonly held_by: string | null;
  readonly reason: string;
  /** Of what may go; null: nothing was confirmed. */
  readonly confirmed_prune: string | null;
}

export async function recordRevision(
  database: Queryable,
  { repository, revision, at }: RecordedRevision,
  objects: readonly RecordedObject[],
): Promise<void> {
  await database.query(recordQuery, [repository, revision, at, JSON.stringify(objects), limits.revisions]);
}

/** Undefined: it was never in force as a whole, or is too old. */
export async function readRevision(
  database: Queryable,
  repository: string,
  revision: string,
): Promise<readonly RecordedObject[] | undefined> {
  const [row] = await database.query<{ objects: RecordedObject[] }>(readRevisionQuery, [repository, revision]);
  return row?.objects;
}

/** Newest first; an empty name means all repositories. */
export function readRevisions(database: Queryable, repository: string): Promise<RecordedRevision[]> {
  return database.query<RecordedRevision>(readRevisionsQuery, [repository, limits.revisions * limits.repositories]);
}

/** An empty name means all repositories. */
export function readRepositoryOrders(database: Queryable, repository: string): Promise<RepositoryOrders[]> {
  return database.query<RepositoryOrders>(readOrdersQuery, [repository, limits.repositories]);
}

export interface NewHold {
  readonly repository: string;
  readonly revision: string;
  readonly quarantined: readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

export async function holdRevision(database: Queryable, hold: NewHold): Promise<void> {
  const { repository, revision, quarantined, by, reason, at } = hold;
  await database.query(holdQuery, [repository, revision, quarantined, by, reason, at]);
}

export async function releaseHold(database: Queryable, repository: string): Promise<void> {
  await database.query(releaseQuery, [repository]);
}

/** `hash` says what may go: nothing else does. Null: it has gone. */
export async function confirmPrune(
  database: Queryable,
  repository: string,
  hash: string | null,
  at: Date,
): Promise<void> {
  await database.query(confirmPruneQuery, [repository, hash, at]);
}

/** `by` null: it is followed again. */
export async function suspendRepository(
  database: Queryable,
  repository: string,
  by: string | null,
  at: Date,
): Promise<void> {
  await database.query(suspendQuery, [repository, by, at]);
}
