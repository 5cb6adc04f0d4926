/** Declares what files import and hold, so that every name is known before the first is used. */
import { createPipelineId, parseTypeName } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { folderOf, joinPath, pathWithin, resolvePath } from "../source/paths.ts";
import type { Span } from "../source/source-file.ts";
import { findLibraryEntry, isLibrarySpace } from "../stdlib/registry.ts";
import { libraryEnums } from "../stdlib/enums.ts";
import type { EnumNode, MacroNode, PipelineNode } from "../syntax/file-tree.ts";
import type { BodyOf, LineNode, Name } from "../syntax/tree.ts";
import { isUrl, parseGitSource } from "./git-source.ts";
import { type FileScope, type Import, type Namespace, placeText } from "./file-scope.ts";
import { placeKey, type Project } from "./project.ts";
import { resolveType } from "./types.ts";

export function declareAll(project: Project): void {
  for (const space of project.spaces.values()) {
    for (const [index, file] of space.files.entries()) {
      inheritFromEarlierPart(file, space.files[index - 1]);
      declareAliases(file);
      for (const node of file.tree.imports) declareImport(node, file, project);
      declareBlocks(file, space);
    }
  }
}

/** The part before has what those before it have. */
function inheritFromEarlierPart(file: FileScope, earlier: FileScope | undefined): void {
  if (earlier === undefined) return;
  for (const imported of earlier.imports.own()) file.imports.add(imported.alias, imported);
  for (const [alias, type] of earlier.aliases) file.aliases.set(alias, type);
}

function declareAliases(file: FileScope): void {
  for (const { of, lang, name } of file.tree.aliases) {
    const key = `${lang}\\${name.text}`;
    const type = parseTypeName(resolveType(of, file));
    if (file.aliases.has(key)) file.findings.report(problems.duplicateName, name, "the type", key, "an earlier line");
    else if (type !== undefined) file.aliases.set(key, type);
  }
}

function declareImport(node: BodyOf<"import">, file: FileScope, project: Project): void {
  const alias = node.alias?.text ?? "";
  const at = node.alias ?? node;
  const known = file.imports.get(alias);
  if (known !== undefined) {
    file.findings.report(problems.duplicateName, at, "the import", `@${alias}`, "an earlier line");
    return;
  }
  file.imports.add(alias, resolveImport(node, file, project));
}

/** An import that cannot be resolved is declared all the same, so that its uses are not errors too. */
export function resolveImport(node: BodyOf<"import">, file: FileScope, project: Project): Import {
  const { target } = node;
  const at = { start: node.start, end: node.end };
  const named = { alias: node.alias?.text ?? "", used: false, ...at };
  switch (target.kind) {
    case "native":
      return resolveNative(target, named, file) ?? { kind: "unknown", holdsNamespaces: false, ...named };
    case "namespace": {
      const space = project.spaces.get(target.name);
      if (space !== undefined) return { kind: "spaces", spaces: alone(space), ...named };
      file.findings.report(
        problems.unknownNamespace,
        target,
        target.name,
        file.findings.nearest(target.name, project.spaces.keys()),
      );
      return { kind: "unknown", holdsNamespaces: true, ...named };
    }
    case "path": {
      if (isUrl(target.path)) return resolveGit(target, named, file, project);
      const spaces = spacesAt(target, target.path, file, project);
      return spaces === undefined
        ? { kind: "unknown", holdsNamespaces: true, ...named }
        : { kind: "spaces", spaces, ...named };
    }
  }
}

/** The same list for the same namespace: imports know by it that they lead to the same. */
function alone(space: Namespace): readonly Namespace[] {
  const known = lists.get(space) ?? [space];
  lists.set(space, known);
  return known;
}

const lists = new WeakMap<Namespace, readonly Namespace[]>();

function spacesAt(at: Span, path: string, file: FileScope, project: Project): readonly Namespace[] | undefined {
  const wanted = resolvePath(file.folder, path);
  const found = wanted === undefined ? undefined : project.places.get(placeKey(file.repository, wanted));
  if (found !== undefined) return found;
  file.findings.report(problems.unknownPath, at, path);
  return undefined;
}

/** All namespaces of the repository are behind its name. */
function resolveGit(
  target: BodyOf<"import">["target"] & { kind: "path" },
  named: { alias: string; used: boolean } & Span,
  file: FileScope,
  project: Project,
): Import {
  const source = parseGitSource(target.path);
  if (source.kind === "refused") {
    file.findings.report(problems.wrongGitImport, target, source.message);
    return { kind: "unknown", holdsNamespaces: true, ...named };
  }
  if (!project.repositories.has(source.key)) {
    file.findings.report(problems.unresolvedImport, target, source.key);
    return { kind: "unresolved", ...named };
  }
  const spaces = project.places.get(placeKey(source.key, undefined)) ?? [];
  if (spaces.length === 0) file.findings.report(problems.unknownPath, target, target.path);
  return spaces.length === 0
    ? { kind: "unknown", holdsNamespaces: true, ...named }
    : { kind: "spaces", spaces, ...named };
}

const extensions = { py: [".py"], js: [".js", ".mjs", ".cjs"], rust: [".rs"], cpp: [".cpp", ".cc", ".cxx"] } as const;

function resolveNative(
  target: BodyOf<"import">["target"] & { kind: "native" },
  named: { alias: string; used: boolean } & Span,
  file: FileScope,
): Import | undefined {
  const { space } = file;
  const { lang } = target;
  if (space === undefined) return undefined;
  if (!/^\.\.?\//.test(target.path)) {
    const looksLikeFile = target.path === "" || extensions[lang].some((extension) => target.path.endsWith(extension));
    if (looksLikeFile) file.findings.report(problems.needsDot, target, target.path);
    return { kind: "native", lang, origin: "environment", path: target.path, space, ...named };
  }
  const path = findInBundle(target, file, space);
  return path === undefined ? undefined : { kind: "native", lang, origin: "bundle", path, space, ...named };
}

/** What says how a folder of native code is built. */
const buildFiles = { rust: "Cargo.toml", cpp: "CMakeLists.txt" } as const;

function findInBundle(
  target: BodyOf<"import">["target"] & { kind: "native" },
  file: FileScope,
  space: Namespace,
): string | undefined {
  const full = resolvePath(file.folder, target.path);
  const path = full === undefined ? undefined : pathWithin(space.folder, full);
  if (path === undefined) {
    file.findings.report(problems.outsideBundle, target, target.path);
    return undefined;
  }
  const folders = foldersOf(space);
  const isFolder = folders.has(path) && (target.lang === "rust" || target.lang === "cpp");
  if (!isFolder && !space.bundleFiles.has(path)) {
    const nearest = file.findings.nearest(path, folders.get(folderOf(path)) ?? []);
    file.findings.report(problems.unknownFile, target, target.path, nearest === undefined ? undefined : `./${nearest}`);
    return undefined;
  }
  const wanted = isFolder ? buildFiles[target.lang === "rust" ? "rust" : "cpp"] : undefined;
  if (wanted !== undefined && !space.bundleFiles.has(joinPath(path, wanted))) {
    file.findings.report(problems.missingBuildFile, target, target.path, wanted);
    return undefined;
  }
  const allowed: readonly string[] = extensions[target.lang];
  if (isFolder || allowed.some((extension) => path.endsWith(extension))) return path;
  file.findings.report(problems.wrongExtension, target, target.path, allowed.join(", "));
  return undefined;
}

const foldersBySpace = new WeakMap<Namespace, ReadonlyMap<string, readonly string[]>>();

/** The files that stand directly in each folder of a bundle; folders that hold only folders have none. */
function foldersOf(space: Namespace): ReadonlyMap<string, readonly string[]> {
  const known = foldersBySpace.get(space);
  if (known !== undefined) return known;
  const folders = new Map<string, string[]>();
  for (const name of space.bundleFiles.keys()) {
    const folder = folderOf(name);
    const names = folders.get(folder);
    if (names === undefined) folders.set(folder, [name]);
    else names.push(name);
    for (let outer = folderOf(folder); !folders.has(outer); outer = folderOf(outer)) folders.set(outer, []);
  }
  foldersBySpace.set(space, folders);
  return folders;
}

function declareBlocks(file: FileScope, space: Namespace): void {
  for (const block of file.tree.blocks) {
    if (isTaken(block.name, file, space, block.kind)) continue;
    if (block.kind === "pipeline") declarePipeline(block, file, space);
    else if (block.kind === "macro") declareMacro(block, file, space);
    else declareEnum(block, file, space);
  }
}

function isTaken(name: Name, file: FileScope, space: Namespace, kind: "pipeline" | "macro" | "enum"): boolean {
  const isLibrary = kind === "enum" ? libraryEnums.has(name.text) : isLibraryName(name.text);
  if (isLibrary && !(kind === "enum" && name.text === "Queue")) {
    file.findings.report(problems.librarySpace, name, name.text);
    return true;
  }
  const earlier =
    kind === "enum" ? space.enums.get(name.text) : (space.pipelines.get(name.text) ?? space.macros.get(name.text));
  if (earlier === undefined) return false;
  const what = kind === "enum" ? "the enumeration" : "the name";
  file.findings.report(problems.duplicateName, name, what, name.text, placeText(earlier.file, earlier.node.name));
  return true;
}

const isLibraryName = (name: string): boolean => isLibrarySpace(name) || findLibraryEntry(name) !== undefined;

function declarePipeline(node: PipelineNode, file: FileScope, space: Namespace): void {
  const id = createPipelineId(space.name, node.name.text);
  noteName(space.index.callable, node.name.text, space);
  space.pipelines.set(node.name.text, { id, file, node, isCallable: node.triggers.some(isCallTrigger) });
}

function isCallTrigger(line: LineNode): boolean {
  return line.body?.kind === "call" && findLibraryEntry(line.body.name.text)?.name === "T.Polyglot.Pipeline.Called";
}

function declareMacro(node: MacroNode, file: FileScope, space: Namespace): void {
  noteName(space.index.callable, node.name.text, space);
  space.macros.set(node.name.text, { name: node.name.text, file, node });
}

function declareEnum(node: EnumNode, file: FileScope, space: Namespace): void {
  const members = new Set<string>();
  for (const { name } of node.members) {
    if (members.has(name.text)) {
      file.findings.report(problems.duplicateName, name, "the member", name.text, "an earlier line");
    }
    members.add(name.text);
  }
  noteName(space.index.enums, node.name.text, space);
  space.enums.set(node.name.text, { name: node.name.text, file, node, members });
}

function noteName(names: Map<string, Namespace[]>, name: string, space: Namespace): void {
  const spaces = names.get(name);
  if (spaces === undefined) names.set(name, [space]);
  else spaces.push(space);
}
