/** What names mean in one file: its namespace, its imports, its type aliases. */
import type { BundleDigest, FileSet, NativeLanguage, PipelineId, TypeName } from "@polyglot/contracts";
import type { Findings } from "../diagnose/findings.ts";
import type { SourceFile, Span } from "../source/source-file.ts";
import type { Imports } from "./imports.ts";
import type { Query } from "./lookups.ts";
import type { EnumNode, FileNode, MacroNode, PipelineNode } from "../syntax/file-tree.ts";

export interface FileScope {
  readonly path: string;
  readonly folder: string;
  readonly source: SourceFile;
  readonly findings: Findings;
  readonly tree: FileNode;
  /** The git import that it belongs to; absent for the project's own files. */
  readonly repository?: string;
  /** From 1; a namespace in one file has one part. */
  readonly part: number;
  /** Absent where the file does not say it. */
  space: Namespace | undefined;
  readonly imports: Imports;
  /** By `lang\name`. */
  readonly aliases: Map<string, TypeName>;
  /** Where what is asked of other files is noted, while a pipeline is checked of which that is to be known. */
  readonly queries?: Query[];
}

export interface NativeImport extends Span {
  readonly kind: "native";
  readonly alias: string;
  readonly lang: NativeLanguage;
  readonly origin: "bundle" | "environment";
  /** Relative to the bundle's root, or the name of a module. */
  readonly path: string;
  readonly space: Namespace;
  used: boolean;
}

export interface SpaceImport extends Span {
  readonly kind: "spaces";
  readonly alias: string;
  readonly spaces: readonly Namespace[];
  used: boolean;
}

/** An import in error: whatever is reached through it is unknown and causes no further errors. */
export interface UnknownImport extends Span {
  readonly kind: "unknown";
  readonly alias: string;
  /** False for native code, whose names are never meant without its alias. */
  readonly holdsNamespaces: boolean;
  used: boolean;
}

/** A git repository whose files the caller did not give: what is reached through it is unknown. */
export interface UnresolvedImport extends Span {
  readonly kind: "unresolved";
  readonly alias: string;
  used: boolean;
}

export type Import = NativeImport | SpaceImport | UnknownImport | UnresolvedImport;

export interface Namespace {
  readonly name: string;
  readonly folder: string;
  /** In the order of their parts. */
  readonly files: FileScope[];
  readonly pipelines: Map<string, PipelineDeclaration>;
  readonly macros: Map<string, MacroDeclaration>;
  readonly enums: Map<string, EnumDeclaration>;
  /** Of all that is compiled together. */
  readonly index: NameIndex;
  readonly bundle: BundleDigest;
  readonly bundleFiles: FileSet;
}

/** Which namespaces declare a name: of a pipeline or a macro, and of an enumeration. */
export interface NameIndex {
  readonly callable: Map<string, Namespace[]>;
  readonly enums: Map<string, Namespace[]>;
}

export interface PipelineDeclaration {
  readonly id: PipelineId;
  readonly file: FileScope;
  readonly node: PipelineNode;
  /** Whether it has `|T.Call`, not under `|T.Any`. */
  readonly isCallable: boolean;
}

export interface MacroDeclaration {
  readonly name: string;
  readonly file: FileScope;
  readonly node: MacroNode;
}

export interface EnumDeclaration {
  readonly name: string;
  readonly file: FileScope;
  readonly node: EnumNode;
  readonly members: ReadonlySet<string>;
}

/** Whether something in the file may stand for what is not at hand, so that its pipelines cannot be planned. */
export function usesUnresolved(file: FileScope): boolean {
  return file.imports.usesUnresolved();
}

/** `path:line:column`, as messages name a place. */
export function placeText(file: FileScope, at: Span): string {
  const { line, column } = file.source.position(at.start);
  return `${file.path}:${line}:${column}`;
}
