import type {
  Bundle,
  BundleDigest,
  DeclaredKind,
  FileSet,
  PipelineId,
  Plan,
  PlanDigest,
  PlanPositions,
} from "@polyglot/contracts";
import type { Diagnostic } from "./diagnose/diagnostic.ts";

export interface CompileInput {
  /** All files of a repository's folder (`.pg`, YAML, native code): paths relative to it, with `/`. */
  readonly files: FileSet;
}

export interface CompiledPipeline {
  readonly id: PipelineId;
  readonly plan: Plan;
  readonly digest: PlanDigest;
  /** By node id, and by key for triggers. Outside the digest. */
  readonly positions: PlanPositions;
  readonly file: string;
  readonly bundle: BundleDigest;
  /** Standard-library names in it whose implementation is still open: apply and run refuse it. */
  readonly unimplemented: readonly string[];
}

/** An object that a YAML document declares. */
export interface DeclaredObject {
  readonly kind: DeclaredKind;
  readonly name: string;
  readonly namespace?: string;
  /** As the kind's schema parsed it, defaults filled in. */
  readonly spec: unknown;
  readonly file: string;
  readonly line: number;
}

export interface FileInError {
  readonly file: string;
  /** Pipelines that the file declares as far as it could be read: their last good revision stays in force. */
  readonly pipelines: readonly PipelineId[];
}

export interface CompileResult {
  readonly pipelines: readonly CompiledPipeline[];
  readonly objects: readonly DeclaredObject[];
  readonly bundles: ReadonlyMap<BundleDigest, Bundle>;
  /** In the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
  readonly failed: readonly FileInError[];
}

export interface Compiler {
  /** The same input gives the same result, byte for byte. */
  compile(input: CompileInput): CompileResult;
}
