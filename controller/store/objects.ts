/** Desired state: objects that git or an apply declares, and what became of each. */
import type { Condition } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readActualQuery = sqlFile("read-actual-objects");
const readOfKindQuery = sqlFile("read-objects-of-kind");
const readHandAppliedQuery = sqlFile("read-hand-applied");
const readOwnedNamespacesQuery = sqlFile("read-owned-namespaces");
const writeObjectsQuery = sqlFile("write-objects");
const moveObjectsQuery = sqlFile("move-objects");
const removeObjectsQuery = sqlFile("remove-objects");
const writeConditionsQuery = sqlFile("write-conditions");
const writeStatusQuery = sqlFile("write-status");
const announceQuery = sqlFile("announce-objects");
const askReconcileQuery = sqlFile("ask-reconcile");
const removeOwnedQuery = sqlFile("remove-owned-objects");
const releaseOrphansQuery = sqlFile("release-orphans");
const assertTermQuery = sqlFile("assert-term");

/** Objects of one installation that one reconcile looks at. */
export const objectsLimit = 100_000;

/** Objects that changed; the payload is their kind. */
export const objectsChannel = "polyglot_objects";
/** Repositories to look at now; the payload is a name, or empty for all. */
export const reconcileChannel = "polyglot_reconcile";

export interface ObjectKey {
  readonly kind: string;
  /** Empty for kinds that belong to the whole installation. */
  readonly namespace: string;
  readonly name: string;
}

export interface ActualObject extends ObjectKey {
  readonly generation: number;
  readonly spec: unknown;
  readonly spec_digest: string;
  /** null: applied by hand. */
  readonly repository: string | null;
  readonly revision: string | null;
  readonly file: string | null;
  readonly conditions: readonly Condition[];
}

export interface StoredObject extends ActualObject {
  readonly observed_generation: number;
  readonly status: Readonly<Record<string, unknown>>;
  readonly updated_at: Date;
}

export interface WrittenObject extends ObjectKey {
  readonly spec: unknown;
  readonly specDigest: string;
  readonly file: string;
  /** The change takes effect with the commit. */
  readonly inForce: boolean;
}

/** Whose objects these are, and of which revision; both null for an apply by hand. */
export interface Origin {
  readonly repository: string | null;
  readonly revision: string | null;
}

const columns = (objects: readonly ObjectKey[]): string[][] => [
  objects.map((one) => one.kind),
  objects.map((one) => one.namespace),
  objects.map((one) => one.name),
];

/** All that the repository owns, and whatever else bears one of the keys. */
export function readActualObjects(
  database: Queryable,
  repository: string | null,
  keys: readonly ObjectKey[],
): Promise<ActualObject[]> {
  return database.query<ActualObject>(readActualQuery, [repository, ...columns(keys), objectsLimit]);
}

export function readObjectsOfKind(database: Queryable, kind: string): Promise<StoredObject[]> {
  return database.query<StoredObject>(readOfKindQuery, [kind, objectsLimit]);
}

/** What was applied by hand in these namespaces. */
export function readHandApplied(database: Queryable, namespaces: readonly string[]): Promise<ActualObject[]> {
  return database.query<ActualObject>(readHandAppliedQuery, [namespaces, objectsLimit]);
}

/** The repository that owns something in a namespace, for those of these where one does. */
export function readOwnedNamespaces(
  database: Queryable,
  namespaces: readonly string[],
): Promise<{ namespace: string; repository: string }[]> {
  return database.query(readOwnedNamespacesQuery, [namespaces]);
}

export async function writeObjects(
  database: Queryable,
  objects: readonly WrittenObject[],
  origin: Origin,
  now: Date,
): Promise<void> {
  await database.query(writeObjectsQuery, [
    origin.repository,
    origin.revision,
    now,
    ...columns(objects),
    objects.map((one) => one.inForce),
    objects.map((one) => JSON.stringify(one.spec)),
    objects.map((one) => one.specDigest),
    objects.map((one) => one.file),
  ]);
}

export async function moveObjects(
  database: Queryable,
  objects: readonly (ObjectKey & { readonly file: string })[],
): Promise<void> {
  await database.query(moveObjectsQuery, [...columns(objects), objects.map((one) => one.file)]);
}

export async function removeObjects(
  database: Queryable,
  keys: readonly ObjectKey[],
  repository: string | null,
): Promise<void> {
  await database.query(removeObjectsQuery, [...columns(keys), repository]);
}

/**
 * After repositories left: removes what those in `pruning` owned and releases what others owned. Answers the kinds that
 * changed.
 */
export async function settleOwnership(transaction: Queryable, pruning: readonly string[]): Promise<string[]> {
  const removed = await transaction.query<{ kind: string }>(removeOwnedQuery, [pruning]);
  const released = await transaction.query<{ kind: string }>(releaseOrphansQuery);
  return [...removed, ...released].map((row) => row.kind);
}

export async function writeConditions(
  database: Queryable,
  objects: readonly (ObjectKey & { readonly conditions: readonly Condition[] })[],
): Promise<void> {
  await database.query(writeConditionsQuery, [
    ...columns(objects),
    objects.map((one) => JSON.stringify(one.conditions)),
  ]);
}

export async function writeStatus(
  database: Queryable,
  object: ObjectKey & {
    readonly conditions: readonly Condition[];
    readonly status: object;
    readonly observedGeneration: number;
  },
): Promise<void> {
  await database.query(writeStatusQuery, [
    object.kind,
    object.namespace,
    object.name,
    JSON.stringify(object.conditions),
    JSON.stringify(object.status),
    object.observedGeneration,
  ]);
}

/** Tells all controllers, when the transaction commits, that objects of these kinds changed. */
export async function announceObjects(database: Queryable, kinds: readonly string[]): Promise<void> {
  await database.query(announceQuery, [kinds]);
}

/** An empty name asks for all repositories. */
export async function askReconcile(database: Queryable, repository: string): Promise<void> {
  await database.query(askReconcileQuery, [repository]);
}

/** Whether the shard is held at this term; it stays so until the transaction ends. */
export async function holdsTerm(
  transaction: Queryable,
  shard: string,
  controllerId: string,
  term: number,
): Promise<boolean> {
  return (await transaction.query(assertTermQuery, [shard, controllerId, term])).length === 1;
}
