/** What a revision declared that was in force before, as if it had just been compiled: its plans are in the store. */
import type { CompiledPipeline } from "@polyglot/compiler";
import { type PipelineId, type PlanDigest } from "@polyglot/contracts";
import type { Database } from "../store/database.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import { readPositions } from "../store/plans.ts";
import { type RecordedObject, readRevision } from "../store/revisions.ts";
import type { DesiredObject } from "./desired.ts";
import type { CompiledCommit } from "./round.ts";

export interface HeldRevisionParts {
  readonly database: Database;
  readonly plans: PlanCache;
}

/** Undefined: the store has it no more. */
export async function readHeldRevision(
  { database, plans }: HeldRevisionParts,
  repository: string,
  revision: string,
): Promise<CompiledCommit | undefined> {
  const recorded = await readRevision(database, repository, revision);
  if (recorded === undefined) return undefined;
  const digests = recorded.filter(({ kind }) => kind === "Pipeline").map(({ specDigest }) => specDigest);
  await plans.load(digests);
  const positions = await readPositions(database, digests);
  const objects = recorded.map((object) => toDesired(object, plans, positions));
  const kept = { files: new Set<string>(), keys: new Set<string>() };
  return { commit: revision, desired: { objects, kept, diagnostics: [] }, bundles: new Map() };
}

function toDesired(
  { kind, namespace, name, spec, specDigest, file, line }: RecordedObject,
  plans: PlanCache,
  positions: Awaited<ReturnType<typeof readPositions>>,
): DesiredObject {
  const declared = { kind, namespace, name, spec, specDigest, file, line };
  const stored = kind === "Pipeline" ? plans.get(specDigest) : undefined;
  if (stored === undefined) return declared;
  const pipeline: CompiledPipeline = {
    id: `${namespace}#${name}` as PipelineId,
    plan: stored.plan,
    digest: specDigest as PlanDigest,
    positions: positions.get(specDigest) ?? {},
    file,
    bundle: stored.bundleDigest,
    unimplemented: [],
  };
  return { ...declared, pipeline };
}
