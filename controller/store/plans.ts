/** Plans and bundles: immutable, named by digest. They outlive the objects, because executions are pinned to them. */
import type { Bundle, BundleDigest, Condition, PlanDigest, PlanPositions } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { type ObjectKey, objectsLimit } from "./objects.ts";
import { sqlFile } from "./sql-file.ts";

const writeBundlesQuery = sqlFile("write-bundles");
const readKnownBundlesQuery = sqlFile("read-known-bundles");
const readBundleQuery = sqlFile("read-bundle");
const writeFollowersQuery = sqlFile("write-followers");
const writePlansQuery = sqlFile("write-plans");
const readPositionsQuery = sqlFile("read-positions");
const readPipelinesOfBundlesQuery = sqlFile("read-pipelines-of-bundles");

export interface StoredPlan {
  readonly digest: PlanDigest;
  readonly pipelineId: string;
  /** Canonical JSON: the bytes that the digest is of. */
  readonly plan: string;
  readonly positions: PlanPositions;
  readonly bundle: BundleDigest;
  /** Absent: it follows nothing. */
  readonly followers?: readonly Follower[];
}

/** A trigger that starts the plan's pipeline when a run of another one ended. */
export interface Follower {
  readonly triggerKey: string;
  /** Full id of the other one. */
  readonly followed: string;
  /** "succeeded", "failed" or "any". */
  readonly outcome: string;
  readonly namespace: string;
  readonly name: string;
  readonly shard: string;
}

/** Sends only archives that the store lacks: they are large and seldom new. */
export async function writeBundles(database: Queryable, bundles: readonly Bundle[]): Promise<void> {
  const digests = bundles.map((bundle) => bundle.digest);
  const rows = await database.query<{ bundle_digest: string }>(readKnownBundlesQuery, [digests]);
  const known = new Set(rows.map((row) => row.bundle_digest));
  const fresh = bundles.filter((bundle) => !known.has(bundle.digest));
  if (fresh.length === 0) return;
  await database.query(writeBundlesQuery, [
    fresh.map((bundle) => bundle.digest),
    fresh.map((bundle) => Buffer.from(bundle.archive)),
  ]);
}

export async function readBundleArchive(database: Queryable, digest: BundleDigest): Promise<Uint8Array | undefined> {
  const [row] = await database.query<{ archive: Buffer }>(readBundleQuery, [digest]);
  return row?.archive;
}

export async function writePlans(database: Queryable, plans: readonly StoredPlan[]): Promise<void> {
  await database.query(writePlansQuery, [
    plans.map((plan) => plan.digest),
    plans.map((plan) => plan.pipelineId),
    plans.map((plan) => plan.plan),
    plans.map((plan) => JSON.stringify(plan.positions)),
    plans.map((plan) => plan.bundle),
  ]);
  const followers = plans.flatMap(({ digest, followers: all = [] }) => all.map((one) => ({ ...one, digest })));
  if (followers.length > 0) await writeFollowers(database, followers);
}

async function writeFollowers(
  database: Queryable,
  followers: readonly (Follower & Pick<StoredPlan, "digest">)[],
): Promise<void> {
  await database.query(writeFollowersQuery, [
    followers.map((one) => one.digest),
    followers.map((one) => one.triggerKey),
    followers.map((one) => one.followed),
    followers.map((one) => one.outcome),
    followers.map((one) => one.namespace),
    followers.map((one) => one.name),
    followers.map((one) => one.shard),
  ]);
}

export interface PipelineOfBundle extends ObjectKey {
  readonly conditions: readonly Condition[];
  readonly bundle_digest: string;
  readonly plan_digest: string;
}

/** Registered pipelines whose code stands in these bundles. */
export function readPipelinesOfBundles(database: Queryable, bundles: readonly string[]): Promise<PipelineOfBundle[]> {
  return database.query(readPipelinesOfBundlesQuery, [bundles, objectsLimit]);
}

/** Where nodes stand in the source, by digest of the plan. */
export async function readPositions(
  database: Queryable,
  digests: readonly string[],
): Promise<ReadonlyMap<string, PlanPositions>> {
  const rows = await database.query<{ plan_digest: string; positions: PlanPositions }>(readPositionsQuery, [
    [...new Set(digests)],
  ]);
  return new Map(rows.map((row) => [row.plan_digest, row.positions]));
}
