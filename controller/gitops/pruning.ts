/** What left a repository and does not simply go. Pure. */
import { canonicalJson, sha256 } from "@polyglot/contracts";
import { fits } from "../policies/selects.ts";
import type { ObjectKey } from "../store/objects.ts";
import type { Change } from "./difference.ts";

const limits = {
  /** Objects that are named. */
  names: 200,
  hashCharacters: 16,
} as const;

export interface Pruning {
  /** `Queue/etl`, `Pipeline/shop>A#A`. */
  readonly names: readonly string[];
  /** The same while the same objects would go, at the same generations. */
  readonly hash: string;
}

/** Undefined where nothing would go. */
export function pruningOf(changes: readonly Change[]): Pruning | undefined {
  const gone = changes.flatMap((change) => (change.kind === "removed" ? change.actual : []));
  if (gone.length === 0) return undefined;
  const digest = sha256(canonicalJson(gone.map((object) => `${shownName(object)} ${object.generation}`).toSorted()));
  const hash = digest.slice("sha256:".length, "sha256:".length + limits.hashCharacters);
  return { names: gone.slice(0, limits.names).map(shownName), hash };
}

/** What is protected stays. */
export const withoutProtected = (changes: readonly Change[], patterns: readonly string[]): readonly Change[] =>
  changes.filter((change) => change.kind !== "removed" || !isProtected(change.actual, patterns));

export const isProtected = (object: ObjectKey, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => fits(pattern, shownName(object)));

export const shownName = ({ kind, namespace, name }: ObjectKey): string =>
  namespace === "" ? `${kind}/${name}` : `${kind}/${namespace}#${name}`;
