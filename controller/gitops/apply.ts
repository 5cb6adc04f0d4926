/**
 * Makes a difference real: small groups in order, one transaction each, so that an object that cannot be written holds
 * up nothing but itself. Every transaction of a repository's apply asserts the shard's term; running executions keep the
 * plan that they started with, because plans are only ever added.
 */
import { type Bundle, type BundleDigest, canonicalJson, gitRepository } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { isDataError } from "../store/data-error.ts";
import type { Database, Queryable } from "../store/database.ts";
import {
  type ActualObject,
  announceObjects,
  moveObjects,
  type ObjectKey,
  type Origin,
  removeObjects,
  settleOwnership,
  writeConditions,
  writeObjects,
} from "../store/objects.ts";
import { type ObjectEvent, writeEvents } from "../store/events.ts";
import { writeBundles, writePlans } from "../store/plans.ts";
import { followersOf } from "../triggers/followers.ts";
import { withCondition } from "./conditions.ts";
import type { DesiredObject } from "./desired.ts";
import type { Change } from "./difference.ts";
import type { Preparation } from "./preparation.ts";
import { shortened } from "./repository-status.ts";

/** Objects in one transaction. */
const groupItems = 50;

export interface ApplyContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly preparation: Preparation;
  /** Asserts within the transaction that this controller may still write; throws where it may not. */
  readonly assertOwner: (transaction: Queryable) => Promise<void>;
  /** Asked between groups: a newer commit supersedes this one. */
  readonly superseded: () => Promise<boolean>;
}

export interface ApplyFailure {
  readonly key: ObjectKey;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type Applied =
  | { readonly kind: "applied"; readonly failures: readonly ApplyFailure[] }
  | { readonly kind: "superseded" };

/** Rejects with `StoreUnavailable`, or with what `assertOwner` throws; what was written until then stays. */
export async function applyChanges(
  changes: readonly Change[],
  bundles: ReadonlyMap<BundleDigest, Bundle>,
  origin: Origin,
  context: ApplyContext,
): Promise<Applied> {
  const effective = changes.filter((change) => change.kind !== "unchanged" && change.kind !== "refused");
  const failures: ApplyFailure[] = [];
  for (let at = 0; at < effective.length; at += groupItems) {
    if (at > 0 && (await context.superseded())) return { kind: "superseded" };
    failures.push(...(await applyGroup(effective.slice(at, at + groupItems), bundles, origin, context)));
  }
  return { kind: "applied", failures };
}

/** A group that fails is tried again object by object, so that one that cannot be written is known by name. */
async function applyGroup(
  group: readonly Change[],
  bundles: ReadonlyMap<BundleDigest, Bundle>,
  origin: Origin,
  context: ApplyContext,
): Promise<ApplyFailure[]> {
  try {
    await context.database.transaction((transaction) => writeGroup(transaction, group, bundles, origin, context));
    return [];
  } catch (error) {
    if (!isDataError(error)) throw error;
    const [only, ...others] = group;
    if (only !== undefined && others.length === 0) return [failureOf(only, error)];
  }
  const failures: ApplyFailure[] = [];
  for (const change of group) failures.push(...(await applyGroup([change], bundles, origin, context)));
  return failures;
}

async function writeGroup(
  transaction: Queryable,
  group: readonly Change[],
  bundles: ReadonlyMap<BundleDigest, Bundle>,
  origin: Origin,
  context: ApplyContext,
): Promise<void> {
  await context.assertOwner(transaction);
  const written = group.flatMap((change) =>
    change.kind === "created" || change.kind === "changed" ? change.desired : [],
  );
  const moved = group.flatMap((change) => (change.kind === "moved" ? change.desired : []));
  const removed = group.flatMap((change) => (change.kind === "removed" ? change.actual : []));
  if (written.length > 0) await write(transaction, written, bundles, origin, context);
  if (moved.length > 0) await moveObjects(transaction, moved);
  if (moved.length > 0) await writePlans(transaction, moved.flatMap(storedPlan));
  if (removed.length > 0) await removeObjects(transaction, removed, origin.repository);
  const repositories = removed.filter((object) => object.kind === "GitRepository");
  const settled = repositories.length > 0 ? await settleOwnership(transaction, repositories.flatMap(pruning)) : [];
  await writeEvents(
    transaction,
    group.flatMap((change) => eventOf(change, origin)),
    origin,
    new Date(context.clock.now()),
  );
  await announceObjects(transaction, [...[...written, ...removed].map((object) => object.kind), ...settled]);
}

const reasons = { created: "Created", changed: "Changed", removed: "Removed" } as const;

function eventOf(change: Change, { repository, revision }: Origin): ObjectEvent[] {
  if (change.kind === "unchanged" || change.kind === "moved" || change.kind === "refused") return [];
  const { kind, namespace, name } = change.kind === "removed" ? change.actual : change.desired;
  const whose = repository === null ? "by hand" : `by ${repository} at ${shortened(revision ?? "")}`;
  return [{ kind, namespace, name, reason: reasons[change.kind], message: `${change.kind} ${whose}` }];
}

/** Of a repository with protected objects all that it owned is released: who wants the rest gone removes it there first. */
function pruning(repository: ActualObject): string[] {
  const spec = gitRepository.shape.spec.safeParse(repository.spec);
  return spec.success && spec.data.prune === true && spec.data.protect.length === 0 ? [repository.name] : [];
}

async function write(
  transaction: Queryable,
  objects: readonly DesiredObject[],
  bundles: ReadonlyMap<BundleDigest, Bundle>,
  origin: Origin,
  context: ApplyContext,
): Promise<void> {
  const now = new Date(context.clock.now());
  const pipelines = objects.filter((object) => object.pipeline !== undefined);
  const digests = new Set(pipelines.flatMap((object) => object.pipeline?.bundle ?? []));
  await writeBundles(
    transaction,
    [...digests].flatMap((digest) => bundles.get(digest) ?? []),
  );
  if (pipelines.length > 0) await writePlans(transaction, pipelines.flatMap(storedPlan));
  await writeObjects(
    transaction,
    objects.map((object) => ({ ...object, inForce: isInForceAtOnce(object) })),
    origin,
    now,
  );
  const conditions = pipelines.map((object) => ({ ...object, conditions: registered(object, context, now) }));
  if (conditions.length > 0) await writeConditions(transaction, conditions);
}

/** Of a repository a loop observes the change, and says when it is in force. */
const isInForceAtOnce = ({ kind }: DesiredObject): boolean => kind !== "GitRepository";

function registered(object: DesiredObject, context: ApplyContext, now: Date) {
  const ready = { type: "Ready", status: "True", reason: "Registered", message: "compiled and registered" } as const;
  const conditions = withCondition([], ready, now);
  if (object.pipeline === undefined) return conditions;
  const { bundle, plan, positions } = object.pipeline;
  return withCondition(conditions, context.preparation.conditionOf(bundle, plan, positions), now);
}

function storedPlan({ pipeline }: DesiredObject) {
  if (pipeline === undefined) return [];
  const { id, digest, plan, positions, bundle } = pipeline;
  return [{ digest, pipelineId: id, plan: canonicalJson(plan), positions, bundle, followers: followersOf(plan) }];
}

function failureOf(change: Change, error: Error): ApplyFailure {
  const key = "desired" in change ? change.desired : change.actual;
  const line = "desired" in change ? change.desired.line : 1;
  return { key, file: key.file ?? "", line, message: `${key.name} could not be stored: ${error.message}` };
}
