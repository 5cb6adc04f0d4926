/** What a name in a call stands for: this namespace first, then imported ones, never native code without `@`. */
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import { findLibraryEntry, isLibrarySpace, libraryNames } from "../stdlib/registry.ts";
import type { CallNode, Reference } from "../syntax/tree.ts";
import type {
  FileScope,
  Import,
  MacroDeclaration,
  NameIndex,
  Namespace,
  NativeImport,
  PipelineDeclaration,
} from "./file-scope.ts";

export type Callee =
  | { readonly kind: "native"; readonly imported: NativeImport; readonly function: string }
  | { readonly kind: "pipeline"; readonly declaration: PipelineDeclaration }
  | { readonly kind: "macro"; readonly declaration: MacroDeclaration }
  | { readonly kind: "library"; readonly entry: LibraryEntry };

type Lookup =
  | Callee
  | { readonly kind: "unknown" }
  /** Reached through an import in error: nothing to say about it. */
  | { readonly kind: "silent" }
  | { readonly kind: "ambiguous"; readonly forms: readonly string[] };

/** Finds without saying anything: for the order of checking, and below. */
export function lookUpCall(node: CallNode, file: FileScope): Lookup {
  const name = node.name.text;
  if (node.space !== undefined) return lookUpImported(node.space, name, file);
  const entry = findLibraryEntry(name);
  if (entry !== undefined) return { kind: "library", entry };
  if (isLibrarySpace(name)) return { kind: "unknown" };
  const own = file.space === undefined ? [] : declared([file.space], name, file);
  const found = own.length > 0 ? own : declared(importedWith(name, "callable", file), name, file);
  return found.length === 0 && file.imports.mayHoldAny() ? { kind: "silent" } : choose(found);
}

function lookUpImported(space: Reference, name: string, file: FileScope): Lookup {
  const imported = findImport(space.text, file);
  if (imported?.kind === "native") return { kind: "native", imported, function: name };
  if (imported?.kind === "unknown" || imported?.kind === "unresolved") return { kind: "silent" };
  const spaces = imported?.spaces ?? spacesNamed(space.text, file);
  return spaces.length === 0 ? { kind: "silent" } : choose(declared(spaces, name, file));
}

function choose(found: readonly (PipelineDeclaration | MacroDeclaration)[]): Lookup {
  const [first, second] = found;
  if (first === undefined) return { kind: "unknown" };
  if (second !== undefined) {
    return { kind: "ambiguous", forms: found.map((item) => `@${item.file.space?.name}|${item.node.name.text}`) };
  }
  return "id" in first ? { kind: "pipeline", declaration: first } : { kind: "macro", declaration: first };
}

/** Parts of this file's own namespace that come later are not seen. */
function declared(
  spaces: readonly Namespace[],
  name: string,
  file: FileScope,
): (PipelineDeclaration | MacroDeclaration)[] {
  return spaces.flatMap((space) => {
    const found = space.pipelines.get(name) ?? space.macros.get(name);
    const isVisible = found !== undefined && (space !== file.space || found.file.part <= file.part);
    return isVisible ? [found] : [];
  });
}

export function findImport(alias: string, file: FileScope): Import | undefined {
  const imported = file.imports.get(alias);
  if (imported !== undefined) imported.used = true;
  return imported;
}

/** Imported namespaces by their full names, this file's own included. */
function spacesNamed(name: string, file: FileScope): Namespace[] {
  const space = file.space?.name === name ? file.space : file.imports.named(name);
  return space === undefined ? [] : [space];
}

/** Imported namespaces that declare a name, this file's own not among them. */
export function importedWith(name: string, kind: keyof NameIndex, file: FileScope): Namespace[] {
  const { space: own, imports } = file;
  const known = own?.index[kind].get(name) ?? [];
  return known.filter((space) => space !== own && imports.has(space));
}

function importedSpaces(file: FileScope): Namespace[] {
  return [...file.imports.spaces()].filter((space) => space !== file.space);
}

/** The namespaces behind `@name`; undefined after a finding, or where the import is in error itself. */
export function findSpaces(space: Reference, file: FileScope): readonly Namespace[] | undefined {
  const found = lookUpSpaces(space.text, file);
  if (found === "unknown") reportUnknownImport(space, file);
  return typeof found === "string" ? undefined : found;
}

/** The same without saying anything: `unknown` where nothing has the name, `in error` where what has it is. */
export function lookUpSpaces(name: string, file: FileScope): readonly Namespace[] | "unknown" | "in error" {
  const imported = findImport(name, file);
  if (imported?.kind === "spaces") return imported.spaces;
  if (imported !== undefined) return "in error";
  const named = spacesNamed(name, file);
  return named.length > 0 ? named : "unknown";
}

function reportUnknownImport(space: Reference, file: FileScope): void {
  file.findings.report(
    problems.unknownImport,
    space,
    space.text,
    file.findings.nearest(space.text, file.imports.aliases()),
  );
}

/** Undefined after a finding, or where an error before is the cause. */
export function resolveCall(node: CallNode, file: FileScope): Callee | undefined {
  file.queries?.push({ kind: "call", node, isUse: true });
  const found = lookUpCall(node, file);
  switch (found.kind) {
    case "silent":
      if (node.space !== undefined && file.imports.get(node.space.text) === undefined) {
        reportUnknownImport(node.space, file);
      }
      return undefined;
    case "unknown":
      reportUnknownName(node, file);
      return undefined;
    case "ambiguous":
      file.findings.report(problems.ambiguousName, node.name, node.name.text, found.forms.join(", "));
      return undefined;
    case "native":
    case "pipeline":
    case "macro":
    case "library":
      markImportOf(found, file);
      return found;
  }
}

/** An unqualified name that an import provides uses the import. */
export function markImportOf(callee: Callee, file: FileScope): void {
  if (callee.kind !== "pipeline" && callee.kind !== "macro") return;
  markImportsOf(callee.declaration.file.space, file);
}

export function markImportsOf(space: Namespace | undefined, file: FileScope): void {
  if (space !== undefined) file.imports.markUsed(space);
}

function reportUnknownName(node: CallNode, file: FileScope): void {
  const name = node.name.text;
  if (node.space === undefined && isLibrarySpace(name)) {
    file.findings.report(problems.unknownLibraryName, node.name, name, file.findings.nearest(name, libraryNames));
    return;
  }
  const spaces = node.space === undefined ? [] : [...(findSpaces(node.space, file) ?? [])];
  const known = (function* (): Iterable<string> {
    const searched =
      node.space === undefined && file.space !== undefined ? [file.space, ...importedSpaces(file)] : spaces;
    for (const space of searched) yield* [...space.pipelines.keys(), ...space.macros.keys()];
  })();
  const where = node.space === undefined ? "this namespace" : `@${node.space.text}`;
  file.findings.report(problems.unknownPipeline, node.name, name, where, file.findings.nearest(name, known));
}
