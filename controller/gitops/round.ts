/**
 * One look at a repository: tip -> files -> desired state -> difference -> apply. Each step answers how the round ends, or
 * goes on. Whatever happens ends in one summary; nothing else writes the status.
 */
import type { Diagnostic } from "@polyglot/compiler";
import type { Bundle, BundleDigest, GitRepositorySpec } from "@polyglot/contracts";
import { readActualObjects } from "../store/objects.ts";
import { type ApplyContext, applyChanges } from "./apply.ts";
import type { CompilePool } from "./compile-pool.ts";
import { type DesiredState, desiredState, fileDiagnostic } from "./desired.ts";
import { type Change, difference } from "./difference.ts";
import { type Pruning, pruningOf, shownName, withoutProtected } from "./pruning.ts";
import type { GitMirror, ReadOptions } from "./git-mirror.ts";
import type { SourceProblem } from "./git-problem.ts";
import type { GitRevision } from "./git-revision.ts";
import type { RoundEnd } from "./repository-status.ts";

/** What a commit declares: kept, so that the next look at the same commit only compares. */
export interface CompiledCommit {
  readonly commit: string;
  readonly desired: DesiredState;
  readonly bundles: ReadonlyMap<BundleDigest, Bundle>;
}

/** Whose commits count. */
export type Signers = { readonly kind: "anybody" } | { readonly kind: "keys"; readonly keys: string } | SourceProblem;

export interface RoundSource {
  readonly mirror: GitMirror;
  readonly revision: GitRevision;
  readonly read: ReadOptions;
  /** What the remote said before this does not count. */
  readonly since: number;
  readonly signers: () => Promise<Signers>;
}

export interface RoundContext extends Omit<ApplyContext, "superseded"> {
  readonly repository: string;
  readonly prune: GitRepositorySpec["prune"];
  /** What stays when it leaves the repository, as KIND/NAME with `*`. */
  readonly protect: readonly string[];
  /** What a person has confirmed to go. */
  readonly confirmedPrune: string | undefined;
  readonly source: RoundSource;
  readonly compiler: CompilePool;
  readonly signal: AbortSignal;
  /** Whether what differs from the newest commit, once it was in force, is put back; else it is only told. */
  readonly heals: boolean;
  /** The revision that was in force last, where it was so as a whole. */
  readonly inForce: string | undefined;
  /** What is in force instead of a commit that is quarantined. */
  readonly heldInsteadOf: (commit: string) => Promise<CompiledCommit | undefined>;
  /** A commit that is new here is about to be looked at. */
  readonly onCommit: (commit: string) => Promise<void>;
  /** Whether the branch has moved on from this commit, as far as a hint said to look. */
  readonly isSuperseded: (commit: string) => Promise<boolean>;
}

export interface RoundAnswer {
  readonly end: RoundEnd;
  readonly compiled?: CompiledCommit;
}

export async function runRound(known: CompiledCommit | undefined, context: RoundContext): Promise<RoundAnswer> {
  const { mirror, revision, since } = context.source;
  const tip = await mirror.tip(revision, since, context.signal);
  if (tip.kind !== "fetched") return { end: { ...tip, kind: "failed", stalled: tip.kind === "refused" } };
  const held = await context.heldInsteadOf(tip.commit);
  if (held !== undefined) {
    const end = await applyCompiled(held, context);
    return { end: end.kind === "applied" ? { ...end, insteadOf: tip.commit } : end };
  }
  if (known?.commit === tip.commit) return { end: await applyCompiled(known, context), compiled: known };
  await context.onCommit(tip.commit);
  const compiled = await compileTip(tip.commit, context);
  if (!("desired" in compiled)) return { end: compiled };
  return { end: await applyCompiled(compiled, context), compiled };
}

async function compileTip(tip: string, context: RoundContext): Promise<CompiledCommit | RoundEnd> {
  const { mirror, revision, read } = context.source;
  const fetched = await mirror.fetch(revision, tip, context.signal);
  if (fetched.kind !== "fetched") return { ...fetched, kind: "failed", stalled: fetched.kind === "refused" };
  const { commit } = fetched;
  const unsigned = await unsignedEnd(commit, context);
  if (unsigned !== undefined) return unsigned;
  const tree = await mirror.read(commit, read, context.signal);
  if (tree.kind === "refused") return { ...tree, kind: "failed", stalled: true, commit };
  const compiled = await context.compiler.compile(tree.files, context.signal);
  if (compiled.kind === "failed") {
    return { kind: "failed", reason: "CompilerFailed", message: compiled.message, stalled: true, commit };
  }
  const desired = desiredState(compiled.result);
  const refused = tree.refused.map((file) => fileDiagnostic(file.path, 1, "git/refused", file.message));
  return {
    commit,
    desired: { ...desired, diagnostics: [...desired.diagnostics, ...refused] },
    bundles: compiled.result.bundles,
  };
}

/** How the round ends where nobody whose signature counts has signed the commit. */
async function unsignedEnd(commit: string, { source, signal }: RoundContext): Promise<RoundEnd | undefined> {
  const signers = await source.signers();
  if (signers.kind === "anybody") return undefined;
  const verdict = signers.kind === "keys" ? await source.mirror.verify(commit, signers.keys, signal) : signers;
  if (verdict.kind === "signed") return undefined;
  const { reason, message } = verdict;
  return { kind: "failed", stalled: true, reason, message, commit };
}

async function applyCompiled(compiled: CompiledCommit, context: RoundContext): Promise<RoundEnd> {
  const { commit, desired, bundles } = compiled;
  const superseded = () => context.isSuperseded(commit);
  if (await superseded()) return { kind: "superseded" };
  const { database, repository } = context;
  const actual = await readActualObjects(database, repository, desired.objects);
  const { changes, pruning } = withheld(
    difference(desired, actual, { repository, prune: context.prune !== false }),
    context,
  );
  const drifted = context.inForce === commit ? changes.filter((change) => isDrift(change, context)).map(nameOf) : [];
  if (drifted.length > 0 && !context.heals) return { kind: "drifted", commit, drifted };
  const applied = await applyChanges(changes, bundles, { repository, revision: commit }, { ...context, superseded });
  if (applied.kind === "superseded") return { kind: "superseded" };
  const failures = applied.failures.map(({ file, line, message }) =>
    fileDiagnostic(file, line, "apply/failed", message),
  );
  const diagnostics = [...desired.diagnostics, ...changes.flatMap(refusal), ...failures];
  return {
    ...{ kind: "applied", commit, diagnostics },
    ...(drifted.length > 0 && { healed: drifted }),
    ...(pruning !== undefined && { pruning }),
  };
}

/** What is protected stays, and where a person has to confirm it, all that would go does until then. */
function withheld(
  all: readonly Change[],
  { prune, protect, confirmedPrune }: RoundContext,
): { readonly changes: readonly Change[]; readonly pruning: Pruning | undefined } {
  const changes = withoutProtected(all, protect);
  const pruning = prune === "confirm" ? pruningOf(changes) : undefined;
  if (pruning === undefined || pruning.hash === confirmedPrune) return { changes, pruning: undefined };
  return { changes: changes.filter(({ kind }) => kind !== "removed"), pruning };
}

/** What a person has confirmed to go was in force until now. */
const isDrift = ({ kind }: Change, { prune }: RoundContext): boolean =>
  kind === "created" || kind === "changed" || (kind === "removed" && prune !== "confirm");

const nameOf = (change: Change): string => shownName(change.kind === "removed" ? change.actual : change.desired);

function refusal(change: Change): Diagnostic[] {
  if (change.kind !== "refused") return [];
  const { desired, actual } = change;
  const message = `${desired.kind} '${desired.name}' belongs to repository '${actual.repository}' already`;
  return [fileDiagnostic(desired.file, desired.line, "apply/owned", message)];
}
