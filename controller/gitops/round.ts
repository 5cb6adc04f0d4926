/**
 * One look at a repository: tip -> files -> desired state -> difference -> apply. Each step answers how the round ends, or
 * goes on. Whatever happens ends in one summary; nothing else writes the status.
 */
import type { Diagnostic } from "@polyglot/compiler";
import type { Bundle, BundleDigest } from "@polyglot/contracts";
import { readActualObjects } from "../store/objects.ts";
import { type ApplyContext, applyChanges } from "./apply.ts";
import type { CompilePool } from "./compile-pool.ts";
import { type DesiredState, desiredState, fileDiagnostic } from "./desired.ts";
import { type Change, difference } from "./difference.ts";
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
  readonly prune: boolean;
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
  const { database, repository, prune } = context;
  const actual = await readActualObjects(database, repository, desired.objects);
  const changes = difference(desired, actual, { repository, prune });
  const drifted = context.inForce === commit ? changes.filter(isEffective).map(nameOf) : [];
  if (drifted.length > 0 && !context.heals) return { kind: "drifted", commit, drifted };
  const applied = await applyChanges(changes, bundles, { repository, revision: commit }, { ...context, superseded });
  if (applied.kind === "superseded") return { kind: "superseded" };
  const failures = applied.failures.map(({ file, line, message }) =>
    fileDiagnostic(file, line, "apply/failed", message),
  );
  const diagnostics = [...desired.diagnostics, ...changes.flatMap(refusal), ...failures];
  return { kind: "applied", commit, diagnostics, ...(drifted.length > 0 && { healed: drifted }) };
}

const isEffective = ({ kind }: Change): boolean => kind === "created" || kind === "changed" || kind === "removed";

function nameOf(change: Change): string {
  const { kind, namespace, name } = change.kind === "removed" ? change.actual : change.desired;
  return namespace === "" ? `${kind}/${name}` : `${kind}/${namespace}#${name}`;
}

function refusal(change: Change): Diagnostic[] {
  if (change.kind !== "refused") return [];
  const { desired, actual } = change;
  const message = `${desired.kind} '${desired.name}' belongs to repository '${actual.repository}' already`;
  return [fileDiagnostic(desired.file, desired.line, "apply/owned", message)];
}
