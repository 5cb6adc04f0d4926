/** Applies files that a caller holds. All of them or none: what has errors is not applied at all. */
import type { Diagnostic } from "@polyglot/compiler";
import { type FileSet, gitRepository } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { type ObjectKey, readObjectsOfKind, readOwnedNamespaces } from "../store/objects.ts";
import { type ApplyFailure, applyChanges } from "./apply.ts";
import type { ChangePlan, ChangePlanner } from "./change-planner.ts";
import type { DesiredObject } from "./desired.ts";
import type { Change } from "./difference.ts";
import type { Preparation } from "./preparation.ts";

export type ManualResult =
  | {
      readonly kind: "applied";
      readonly objects: readonly AppliedChange[];
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly kind: "invalid"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "owned"; readonly object: ObjectKey; readonly repository: string }
  /** What would be changed is not what it was when the plan with that hash was made. */
  | { readonly kind: "moved"; readonly hash: string }
  | { readonly kind: "failed"; readonly message: string };

export interface AppliedChange extends ObjectKey {
  readonly change: "created" | "changed" | "unchanged" | "removed";
}

export interface ManualOptions {
  /** Answers what would change. */
  readonly dryRun: boolean;
  /** Also removes what was applied by hand in the same namespaces and is not declared any more. */
  readonly prune: boolean;
  /** Of the plan that the caller has seen; empty: any. */
  readonly planHash: string;
}

const byHand = { repository: null, revision: null } as const;

export class ManualApply {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #preparation: Preparation;
  readonly #planner: ChangePlanner;

  constructor(database: Database, clock: Clock, preparation: Preparation, planner: ChangePlanner) {
    this.#database = database;
    this.#clock = clock;
    this.#preparation = preparation;
    this.#planner = planner;
  }

  /** Rejects when the store is away. */
  async apply(files: FileSet, { dryRun, prune, planHash }: ManualOptions, signal: AbortSignal): Promise<ManualResult> {
    const plan = await this.#planner.plan(files, { repository: null, prune, protect: [] }, signal);
    if (plan.kind === "failed") return plan;
    const { changes, diagnostics } = plan;
    if (diagnostics.some((found) => found.severity === "error")) return { kind: "invalid", diagnostics };
    const owned = await this.#findOwner(plan);
    if (owned !== undefined) return owned;
    if (planHash !== "" && planHash !== plan.hash) return { kind: "moved", hash: plan.hash };
    if (!dryRun) {
      const failure = await this.#write(changes, plan.bundles);
      if (failure !== undefined) return { kind: "failed", message: failure.message };
    }
    return { kind: "applied", objects: changes.flatMap(toApplied), diagnostics };
  }

  async #findOwner({ objects, changes }: ChangePlan): Promise<ManualResult | undefined> {
    const owned = await this.#findOwnedNamespace(objects);
    if (owned !== undefined) return owned;
    const refused = changes.find((change) => change.kind === "refused");
    if (refused === undefined) return undefined;
    return { kind: "owned", object: refused.desired, repository: refused.actual.repository ?? "" };
  }

  async #findOwnedNamespace(objects: readonly DesiredObject[]): Promise<ManualResult | undefined> {
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
  if (change.kind === "refused") return [];
  const { kind, namespace, name } = change.kind === "removed" ? change.actual : change.desired;
  return [{ kind, namespace, name, change: change.kind === "moved" ? "unchanged" : change.kind }];
}
