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
import type { Editor, EditorPlace } from "./editor/editor.ts";

export interface CompileInput {
  /** All files of a repository's folder (`.pg`, YAML, native code): paths relative to it, with `/`. */
  readonly files: FileSet;
  /**
   * Files of git repositories that the files import, by the import as it is written (`git+https://example.com/x.git@v1`).
   * A repository that is not among them is unresolved: its names are unknown, and what uses it is not planned.
   */
  readonly imported?: ReadonlyMap<string, FileSet>;
}

/** An import from a git repository. */
export interface GitImport {
  /** As it is written, and as `CompileInput.imported` names it. */
  readonly key: string;
  readonly url: string;
  /** A tag, a branch or a commit. */
  readonly ref: string;
  readonly isResolved: boolean;
  readonly file: string;
  readonly line: number;
  readonly column: number;
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

/** An object that a YAML document declares, or `[#] Queue` with settings. */
export interface DeclaredObject {
  readonly kind: DeclaredKind;
  readonly name: string;
  readonly namespace?: string;
  /** As the kind's schema parsed it, defaults filled in. */
  readonly spec: unknown;
  /** Fields that are set and that nothing acts on yet: an apply refuses the object. */
  readonly openFields: readonly string[];
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
  /** In the order of files and places; those of imported files too. */
  readonly imports: readonly GitImport[];
}

export interface Compiler {
  /** The same input gives the same result, byte for byte. */
  compile(input: CompileInput): CompileResult;
  /** A project without files, for an editor. */
  openSession(): ProjectSession;
}

/** The new content of files by path; undefined removes one. Text is written as UTF-8. */
export type SessionChanges = ReadonlyMap<string, string | Uint8Array | undefined>;

/** A project that is edited. Imports from git are unresolved in it. */
export interface ProjectSession {
  /** Answers the files whose findings are others than before, with all that is found in each now; none is an empty list. */
  update(changes: SessionChanges): ReadonlyMap<string, readonly Diagnostic[]>;
  /** What is asked of the files as they are now. */
  readonly editor: Editor;
  /** All places of the name under the cursor; a problem where another name would be an error somewhere. */
  rename(path: string, offset: number, name: string): Renaming;
}

export type Renaming =
  | { readonly kind: "places"; readonly places: readonly EditorPlace[] }
  | { readonly kind: "problem"; readonly message: string };
