/**
 * The compiler: text in, plans and diagnostics out. It knows no files, no network, no clock and no environment.
 *
 *     text -> syntax/ (tokens, lines, tree) -> check/ (names, types, scopes, branches; signatures/ reads native code)
 *          -> lower/ (plans, digests)          objects/ reads declared YAML; format/ writes the canonical form
 *
 * `diagnose/` has every finding in one catalogue, `stdlib/` every name of the standard library in one registry. A session
 * keeps between two edits what the edit did not touch; `editor/` answers what an editor asks of it.
 */
export type {
  CompiledPipeline,
  CompileInput,
  Compiler,
  CompileResult,
  DeclaredObject,
  FileInError,
  GitImport,
  ProjectSession,
  Renaming,
  SessionChanges,
} from "./compile-result.ts";
export { createCompiler } from "./compiler.ts";
export { type Diagnostic, formatDiagnostic, type Severity } from "./diagnose/diagnostic.ts";
export type { Completion } from "./editor/complete.ts";
export type { Editor, EditorDescription, EditorPlace, OutlineItem } from "./editor/editor.ts";
export { format } from "./format/format.ts";
export { type ParseResult, parse } from "./parse.ts";
export { libraryEnums } from "./stdlib/enums.ts";
export type { LibraryEntry, LibraryKind, LibraryParameter, LibraryResult } from "./stdlib/entry.ts";
export { findLibraryEntry, library } from "./stdlib/registry.ts";
