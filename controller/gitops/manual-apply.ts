/** Applies files that a caller holds. All of them or none: what has errors is not applied at all. */
import type { Diagnostic } from "@polyglot/compiler";
import { type FileSet, gitRepository } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { type ObjectKey, readActualObjects, readObjectsOfKind, readOwnedNamespaces } from "../store/objects.ts";
import { type ApplyFailure, applyChanges } from "./apply.ts";
import type { CompilePool } from "./compile-pool.ts";
import { type DesiredObject, type DesiredState, desiredState } from "./desired.ts";
import { type Change, difference } from "./difference.ts";
import type { Preparation } from "./preparation.ts";

export type ManualResult =
  | {
      readonly kind: "applied";
      readonly objects: readonly AppliedChange[];
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly kind: "invalid"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "owned"; readonly object: ObjectKey; readonly repository: string }
  | { readonly kind: "failed"; readonly message: string };

export interface AppliedChange extends ObjectKey {
  readonly change: "created" | "changed" | "unchanged";
}

const byHand = { repository: null, revision: null } as const;

export class ManualApply {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #preparation: Preparation;
  readonly #compiler: CompilePool;

  constructor(database: Database, clock: Clock, preparation: Preparation, compiler: CompilePool) {
    this.#database = database;
    this.#clock = clock;
    this.#preparation = preparation;
    this.#compiler = compiler;
  }

  /** With `dryRun` it answers what would change. Rejects when the store is away. */
  async apply(files: FileSet, dryRun: boolean, signal: AbortSignal): Promise<ManualResult> {
    const compiled = await this.#compiler.compile(files, signal);
    if (compiled.kind === "failed") return compiled;
    const desired = desiredState(compiled.result);
    if (desired.diagnostics.some((found) => found.severity === "error")) {
      return { kind: "invalid", diagnostics: desired.diagnostics };
    }
    const owned = await this.#findOwner(desired.objects);
    if (owned !== undefined) return owned;
    const changes = await this.#difference(desired);
    const refused = changes.find((change) => change.kind === "refused");
    if (refused !== undefined) {
      return { kind: "owned", object: refused.desired, repository: refused.actual.repository ?? "" };
    }
    if (!dryRun) {
      const failure = await this.#write(changes, compiled.result.bundles);
      if (failure !== undefined) return { kind: "failed", message: failure.message };
    }
    return { kind: "applied", objects: changes.flatMap(toApplied), diagnostics: desired.diagnostics };
  }

  async #findOwner(objects: readonly DesiredObject[]): Promise<ManualResult | undefined> {
    const namespaces = [...new Set(objects.map((object) => object.namespace))];
    const owners = await readOwnedNamespaces(this.#database, namespaces);
    const open = owners.length === 0 ? new Set() : await this.#openRepositories();
    const owner = owners.find(({ repository }) => !open.has(repository));
    const object = objects.find((one) => one.namespace === owner?.namespace);
    return owner && object ? { kind: "owned", object, repository: owner.repository } : undefined;
  }

  /** Repositories that let an apply add to their namespaces. What they declare themselves stays theirs. */
  async #openRepositories(): Promise<ReadonlySet<string>> {
    const repositories = await readObjectsOfKind(this.#database, "GitRepository");
    const open = repositories.filter(({ spec }) => gitRepository.shape.spec.safeParse(spec).data?.allowApply === true);
    return new Set(open.map(({ name }) => name));
  }

  async #difference(desired: DesiredState): Promise<readonly Change[]> {
    const actual = await readActualObjects(this.#database, null, desired.objects);
    return difference(desired, actual, { repository: null, prune: false });
  }

  async #write(
    changes: readonly Change[],
    bundles: Parameters<typeof applyChanges>[1],
  ): Promise<ApplyFailure | undefined> {
    const applied = await applyChanges(changes, bundles, byHand, {
      database: this.#database,
      clock: this.#clock,
      preparation: this.#preparation,
      // No shard stands for an apply by hand: each transaction is whole, and the last one counts.
      assertOwner: async () => undefined,
      superseded: async () => false,
    });
    return applied.kind === "applied" ? applied.failures[0] : undefined;
  }
}

function toApplied(change: Change): AppliedChange[] {
  if (change.kind === "removed" || change.kind === "refused") return [];
  const { kind, namespace, name } = change.desired;
  return [{ kind, namespace, name, change: change.kind === "moved" ? "unchanged" : change.kind }];
}
