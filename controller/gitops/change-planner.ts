/** What files would change where they are compared with what is in force: the beginning of every apply, and all of a plan. */
import type { Diagnostic } from "@polyglot/compiler";
import { type Bundle, type BundleDigest, canonicalJson, type FileSet, sha256 } from "@polyglot/contracts";
import type { Database } from "../store/database.ts";
import { type ActualObject, readActualObjects, readHandApplied } from "../store/objects.ts";
import type { CompilePool } from "./compile-pool.ts";
import { type DesiredObject, type DesiredState, desiredState } from "./desired.ts";
import { type Change, difference } from "./difference.ts";
import { withoutProtected } from "./pruning.ts";

/** Whose desired state the files are (null: an apply by hand), and whether what they lack goes. */
export interface PlanScope {
  readonly repository: string | null;
  readonly prune: boolean;
  /** What stays though the files lack it, as KIND/NAME with `*`. */
  readonly protect: readonly string[];
}

export interface ChangePlan {
  readonly kind: "planned";
  readonly objects: readonly DesiredObject[];
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
  readonly bundles: ReadonlyMap<BundleDigest, Bundle>;
  /** The same while the files and what they are compared with are the same. */
  readonly hash: string;
}

export class ChangePlanner {
  readonly #database: Database;
  readonly #compiler: CompilePool;

  constructor(database: Database, compiler: CompilePool) {
    this.#database = database;
    this.#compiler = compiler;
  }

  async plan(
    files: FileSet,
    scope: PlanScope,
    signal: AbortSignal,
  ): Promise<ChangePlan | { readonly kind: "failed"; readonly message: string }> {
    const compiled = await this.#compiler.compile(files, signal);
    if (compiled.kind === "failed") return compiled;
    const desired = desiredState(compiled.result);
    const all = difference(desired, await this.#actual(desired, scope), scope);
    const changes = withoutProtected(all, scope.protect);
    const { objects, diagnostics } = desired;
    return { kind: "planned", objects, changes, diagnostics, bundles: compiled.result.bundles, hash: hashOf(changes) };
  }

  /** What an apply by hand may remove is only what was applied so, beside what it declares. */
  async #actual({ objects }: DesiredState, { repository, prune }: PlanScope): Promise<readonly ActualObject[]> {
    const actual = await readActualObjects(this.#database, repository, objects);
    if (repository !== null || !prune) return actual;
    const namespaces = [...new Set(objects.map(({ namespace }) => namespace))].filter((one) => one !== "");
    const known = new Set(actual.map(({ kind, namespace, name }) => `${kind}/${namespace}#${name}`));
    const beside = await readHandApplied(this.#database, namespaces);
    return [...actual, ...beside.filter(({ kind, namespace, name }) => !known.has(`${kind}/${namespace}#${name}`))];
  }
}

function hashOf(changes: readonly Change[]): string {
  const parts = changes
    .filter(({ kind }) => kind !== "unchanged")
    .map((change) => {
      const { kind, namespace, name } = "desired" in change ? change.desired : change.actual;
      const actual = "actual" in change ? [change.actual.generation, change.actual.spec_digest] : [];
      return [change.kind, kind, namespace, name, actual, "desired" in change ? change.desired.specDigest : ""];
    });
  return sha256(canonicalJson(parts)).slice("sha256:".length, "sha256:".length + hashCharacters);
}

const hashCharacters = 16;
