/** What has to change so that what is becomes what shall be. Pure: it reads and writes nothing. */
import { canonicalJson, sha256 } from "@polyglot/contracts";
import type { ActualObject } from "../store/objects.ts";
import { type DesiredObject, type DesiredState, keyText } from "./desired.ts";

export type Change =
  | { readonly kind: "created"; readonly desired: DesiredObject }
  | { readonly kind: "changed" | "unchanged"; readonly desired: DesiredObject; readonly actual: ActualObject }
  /** The same object, declared in another file by now. */
  | { readonly kind: "moved"; readonly desired: DesiredObject; readonly actual: ActualObject }
  | { readonly kind: "removed"; readonly actual: ActualObject }
  /** Another repository owns it. */
  | { readonly kind: "refused"; readonly desired: DesiredObject; readonly actual: ActualObject };

export interface DifferenceOptions {
  /** Whose desired state it is; null: an apply by hand. */
  readonly repository: string | null;
  /** Whether what is not declared any more is removed. */
  readonly prune: boolean;
}

/** In the order of an apply: what others build on comes first, what is removed last and in reverse. */
export function difference(
  desired: DesiredState,
  actual: readonly ActualObject[],
  options: DifferenceOptions,
): readonly Change[] {
  const byKey = new Map(actual.map((object) => [keyText(object), object]));
  const wanted = new Set(desired.objects.map(keyText));
  const declared = [...desired.objects].sort(compareForApply).map((object) => compare(object, byKey, options));
  const gone = options.prune
    ? actual.filter((object) => isGone(object, wanted, desired, options)).sort((a, b) => compareForApply(b, a))
    : [];
  return [...declared, ...gone.map((object) => ({ kind: "removed", actual: object }) as const)];
}

function compare(desired: DesiredObject, byKey: ReadonlyMap<string, ActualObject>, options: DifferenceOptions): Change {
  const actual = byKey.get(keyText(desired));
  if (actual === undefined) return { kind: "created", desired };
  // What was applied by hand is taken over by the repository that declares it: git wins.
  if (actual.repository !== null && actual.repository !== options.repository)
    return { kind: "refused", desired, actual };
  if (!hasSpec(actual, desired.specDigest) || actual.repository !== options.repository) {
    return { kind: "changed", desired, actual };
  }
  return { kind: actual.file === desired.file ? "unchanged" : "moved", desired, actual };
}

/** Whoever changed a spec without us did not change its digest. */
function hasSpec({ kind, spec, spec_digest: digest }: ActualObject, wanted: string): boolean {
  if (digest !== wanted) return false;
  if (kind === "Pipeline") return (spec as { readonly plan_digest?: unknown } | null)?.plan_digest === wanted;
  return sha256(canonicalJson(spec)) === wanted;
}

function isGone(
  object: ActualObject,
  wanted: ReadonlySet<string>,
  desired: DesiredState,
  options: DifferenceOptions,
): boolean {
  if (object.repository !== options.repository || wanted.has(keyText(object))) return false;
  return !desired.kept.keys.has(keyText(object)) && !desired.kept.files.has(object.file ?? "");
}

/** Settings before pipelines, so that a pipeline finds what it names. */
const kindOrder: readonly string[] = [
  "GitRepository",
  "Secret",
  "Connection",
  "Queue",
  "ResourcePolicy",
  "RoutingPolicy",
  "ExecutionerPool",
  "Pipeline",
  "PipelineConfig",
];

function compareForApply(a: { kind: string; namespace: string; name: string }, b: typeof a): number {
  return kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) || (keyText(a) < keyText(b) ? -1 : 1);
}
