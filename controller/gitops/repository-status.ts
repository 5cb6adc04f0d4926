/** What a repository's object says of itself: conditions and findings. Pure. */
import { type Diagnostic, formatDiagnostic } from "@polyglot/compiler";
import type { Condition } from "@polyglot/contracts";
import { withCondition } from "./conditions.ts";
import type { Pruning } from "./pruning.ts";

const limits = {
  /** Findings kept in the status; the message has the count of all. */
  diagnostics: 200,
  /** Revisions remembered, newest first. */
  revisions: 10,
} as const;

export interface StoredDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export interface RepositoryStatus {
  /** Newest commit that was looked at. */
  readonly observed_revision?: string;
  /** Newest commit of which everything is in force. */
  readonly applied_revision?: string;
  /** What left the repository and waits for a person to confirm that it goes. */
  readonly pruning?: Pruning;
  readonly diagnostics?: readonly StoredDiagnostic[];
  readonly revisions?: readonly { readonly revision: string; readonly at: string; readonly result: RoundResult }[];
}

export type RoundResult = "applied" | "partly" | "failed" | "superseded" | "drifted";

/** How one look at a repository ended. */
export type RoundEnd =
  | { readonly kind: "superseded" | "suspended" }
  /** `stalled`: only a change of the repository or of its object helps. */
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly message: string;
      readonly stalled: boolean;
      readonly commit?: string;
    }
  | {
      readonly kind: "applied";
      readonly commit: string;
      readonly diagnostics: readonly Diagnostic[];
      /** The newest commit, which is quarantined. */
      readonly insteadOf?: string;
      /** What others had changed, by name: it is as declared again. */
      readonly healed?: readonly string[];
      /** What waits for a person to confirm that it goes. */
      readonly pruning?: Pruning;
    }
  /** What others have changed, by name, and what is left so. */
  | { readonly kind: "drifted"; readonly commit: string; readonly drifted: readonly string[] };

export interface RepositoryState {
  readonly conditions: readonly Condition[];
  readonly status: RepositoryStatus;
}

export function resultOf(end: RoundEnd): RoundResult {
  if (end.kind === "applied") return errorsOf(end.diagnostics).length === 0 ? "applied" : "partly";
  if (end.kind === "drifted") return "drifted";
  return end.kind === "superseded" ? "superseded" : "failed";
}

/** While a commit is being looked at. */
export function progressing(state: RepositoryState, commit: string, now: Date): RepositoryState {
  const message = `reconciling ${shortened(commit)}`;
  const next = { type: "Reconciling", status: "True", reason: "Progressing", message } as const;
  return { ...state, conditions: withCondition(state.conditions, next, now) };
}

export function summarise(state: RepositoryState, end: RoundEnd, now: Date): RepositoryState {
  if (end.kind === "superseded") return state;
  const conditions = [ready(end, state), reconciling(end), stalled(end), drifted(end, state)]
    .filter((condition) => condition !== undefined)
    .reduce((all: readonly Condition[], one) => withCondition(all, one, now), state.conditions);
  return { conditions, status: nextStatus(state.status, end, now) };
}

type Said = Omit<Condition, "last_transition_at">;

function ready(end: Exclude<RoundEnd, { kind: "superseded" }>, state: RepositoryState): Said | undefined {
  if (end.kind === "failed") return { type: "Ready", status: "False", reason: end.reason, message: end.message };
  if (end.kind !== "applied") return state.conditions.find((condition) => condition.type === "Ready");
  const errors = errorsOf(end.diagnostics);
  const [first] = errors;
  if (first === undefined) {
    if (end.insteadOf !== undefined) {
      const message = `${shortened(end.commit)} is held; ${shortened(end.insteadOf)} is quarantined until a newer commit`;
      return { type: "Ready", status: "True", reason: "RolledBack", message };
    }
    return { type: "Ready", status: "True", reason: "Applied", message: `applied ${shortened(end.commit)}` };
  }
  const count = errors.length === 1 ? "one error" : `${errors.length} errors`;
  const message = `${count} at ${shortened(end.commit)}: ${formatDiagnostic(first).split("\n")[0]}`;
  return { type: "Ready", status: "False", reason: "FilesInError", message };
}

/** A look that finds nothing leaves the last word: when something was put back. */
function drifted(end: RoundEnd, { conditions }: RepositoryState): Said | undefined {
  const before = conditions.find(({ type }) => type === "Drifted");
  if (end.kind === "drifted") {
    return { type: "Drifted", status: "True", reason: "ChangedByOthers", message: listed(end.drifted) };
  }
  if (end.kind !== "applied") return undefined;
  if (end.healed === undefined) return before?.status === "True" ? asDeclared : undefined;
  return { type: "Drifted", status: "False", reason: "Healed", message: `put back ${listed(end.healed)}` };
}

const asDeclared: Said = { type: "Drifted", status: "False", reason: "AsDeclared", message: "" };

/** Three names are enough to look further. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function reconciling(end: RoundEnd): Said {
  if (end.kind === "suspended") {
    return { type: "Reconciling", status: "False", reason: "Suspended", message: "suspended by its spec" };
  }
  if (end.kind === "failed" && !end.stalled) {
    return { type: "Reconciling", status: "True", reason: "Retrying", message: end.message };
  }
  if (end.kind === "applied" && end.pruning !== undefined) {
    const { names, hash } = end.pruning;
    const message = `${listed(names)} ${names.length === 1 ? "stays" : "stay"} until --confirm-prune ${hash}`;
    return { type: "Reconciling", status: "True", reason: "AwaitsConfirmation", message };
  }
  return { type: "Reconciling", status: "False", reason: "Idle", message: "nothing to do until the next commit" };
}

function stalled(end: RoundEnd): Said {
  if (end.kind === "failed" && end.stalled) {
    return { type: "Stalled", status: "True", reason: end.reason, message: end.message };
  }
  if (end.kind === "applied" && errorsOf(end.diagnostics).length > 0) {
    return { type: "Stalled", status: "True", reason: "FilesInError", message: "a new commit has to mend the files" };
  }
  return { type: "Stalled", status: "False", reason: "Progressing", message: "" };
}

function nextStatus(status: RepositoryStatus, end: RoundEnd, now: Date): RepositoryStatus {
  const commit = "commit" in end ? end.commit : undefined;
  if (commit === undefined || end.kind === "drifted") return status;
  const result = resultOf(end);
  const known = (status.revisions ?? []).filter((one) => one.revision !== commit || one.result !== result);
  const same = status.revisions?.[0];
  const entry =
    same?.revision === commit && same.result === result ? same : { revision: commit, at: now.toISOString(), result };
  const { pruning: _, ...rest } = status;
  return {
    ...rest,
    ...(end.kind === "applied" && end.pruning !== undefined && { pruning: end.pruning }),
    observed_revision: ("insteadOf" in end ? end.insteadOf : undefined) ?? commit,
    ...(result === "applied" ? { applied_revision: commit } : {}),
    ...(end.kind === "applied" ? { diagnostics: end.diagnostics.slice(0, limits.diagnostics).map(stored) } : {}),
    revisions: [entry, ...known].slice(0, limits.revisions),
  };
}

/** A status as the store has it; what is not of the form is as if it were absent. */
export function parseStatus(value: unknown): RepositoryStatus {
  return typeof value === "object" && value !== null ? value : {};
}

function stored(found: Diagnostic): StoredDiagnostic {
  const { file, line, column, severity, code, message, hint } = found;
  return { file, line, column, severity, code, message, ...(hint === undefined ? {} : { hint }) };
}

export const shortened = (commit: string): string => commit.slice(0, 12);

const errorsOf = (diagnostics: readonly Diagnostic[]) => diagnostics.filter((found) => found.severity === "error");
