/** All that is compiled together: files, namespaces, bundles. */
import type { Bundle, BundleDigest, FileSet } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { folderOf, pathWithin } from "../source/paths.ts";
import { sizes } from "../source/sizes.ts";
import type { FileScope, NameIndex, Namespace } from "./file-scope.ts";
import { Imports } from "./imports.ts";
import type { PastFiles } from "./past-files.ts";

export interface Project {
  readonly files: readonly FileScope[];
  readonly spaces: ReadonlyMap<string, Namespace>;
  readonly bundles: ReadonlyMap<BundleDigest, Bundle>;
  /** Git imports whose files are at hand. */
  readonly repositories: ReadonlySet<string>;
  /** What imports of paths lead to, by repository and path. */
  readonly places: ReadonlyMap<string, readonly Namespace[]>;
}

/** Files of git repositories, by the import that names them. */
export type ImportedFiles = ReadonlyMap<string, FileSet>;

export function openProject(own: FileSet, imported: ImportedFiles, past: PastFiles): Project {
  const files = withImported(own, imported);
  const scopes = [...files.keys()]
    .filter((path) => path.endsWith(".pg") && !isLeftOut(path))
    .sort()
    .map((path) =>
      openFile(path, files.get(path) ?? new Uint8Array(), past, own.has(path) ? undefined : ownerAmong(path, imported)),
    );
  const budget = { left: sizes.hints };
  for (const scope of scopes) scope.findings.shareHints(budget);
  const bundles = new BundlesOfFolders(files, new Set(scopes.map((scope) => scope.folder)), past);
  const spaces = groupByNamespace(scopes, bundles);
  const repositories = new Set(imported.keys());
  return { files: scopes, spaces, bundles: bundles.created, repositories, places: placesOf(scopes) };
}

/** Of a file or a folder, of a repository as a whole where no path is given. */
export const placeKey = (repository: string | undefined, path: string | undefined): string =>
  JSON.stringify([repository, path]);

/** The namespaces behind each file, each folder and each repository; files without namespace have none. */
function placesOf(files: readonly FileScope[]): Map<string, Namespace[]> {
  const places = new Map<string, Set<Namespace>>();
  for (const { repository, path, folder, space } of files) {
    const keys = [placeKey(repository, path), placeKey(repository, folder)];
    if (repository !== undefined) keys.push(placeKey(repository, undefined));
    for (const key of keys) {
      const spaces = places.get(key) ?? new Set();
      places.set(key, space === undefined ? spaces : spaces.add(space));
    }
  }
  return new Map([...places].map(([key, spaces]) => [key, [...spaces]]));
}

/** A repository's files stand in a folder of its name, so that findings in them say where they are. */
function withImported(own: FileSet, imported: ImportedFiles): FileSet {
  if (imported.size === 0) return own;
  const files = new Map(own);
  for (const [key, set] of imported) for (const [path, bytes] of set) files.set(`${key}/${path}`, bytes);
  return files;
}

const ownerAmong = (path: string, imported: ImportedFiles): string | undefined =>
  [...imported.keys()].find((key) => path.startsWith(`${key}/`));

function openFile(path: string, bytes: Uint8Array, past: PastFiles, repository: string | undefined): FileScope {
  const { source, tree, findings } = past.parse(path, bytes);
  return {
    path,
    folder: folderOf(path),
    source,
    findings,
    tree,
    ...(repository !== undefined && { repository }),
    part: tree.namespace?.part ?? 1,
    space: undefined,
    imports: new Imports(),
    aliases: new Map(),
  };
}

/** Names of files and folders that no bundle holds and no compile reads. */
const leftOut: ReadonlySet<string> = new Set([".git", ".polyglot", "node_modules", "__pycache__", ".venv"]);

export function isLeftOut(path: string): boolean {
  return path.split("/").some((part) => leftOut.has(part));
}

const isSource = (path: string): boolean => /\.(?:pg|ya?ml)$/.test(path);

interface FolderBundle {
  readonly bundle: BundleDigest;
  readonly bundleFiles: FileSet;
}

/** A folder's bundle holds what stands at or below it, apart from folders with `.pg` files of their own. */
class BundlesOfFolders {
  readonly created = new Map<BundleDigest, Bundle>();
  readonly #files: ReadonlyMap<string, FileSet>;
  readonly #bundles: ReadonlyMap<string, Bundle>;

  constructor(files: FileSet, folders: ReadonlySet<string>, past: PastFiles) {
    this.#files = filesByFolder(files, folders);
    this.#bundles = past.createBundles(this.#files);
  }

  of(folder: string): FolderBundle {
    const bundle = this.#bundles.get(folder);
    if (bundle === undefined) throw new Error(`the folder '${folder}' has no bundle`);
    this.created.set(bundle.digest, bundle);
    return { bundle: bundle.digest, bundleFiles: this.#files.get(folder) ?? new Map() };
  }
}

function filesByFolder(files: FileSet, folders: ReadonlySet<string>): Map<string, Map<string, Uint8Array>> {
  const byFolder = new Map([...folders].map((folder) => [folder, new Map<string, Uint8Array>()]));
  for (const [path, bytes] of files) {
    const owner = isSource(path) || isLeftOut(path) ? undefined : ownerOf(path, folders);
    if (owner !== undefined) byFolder.get(owner)?.set(pathWithin(owner, path) ?? path, bytes);
  }
  return byFolder;
}

function ownerOf(path: string, folders: ReadonlySet<string>): string | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (folders.has(folder)) return folder;
    if (folder === "") return undefined;
  }
}

function groupByNamespace(files: readonly FileScope[], bundles: BundlesOfFolders): Map<string, Namespace> {
  const spaces = new Map<string, Namespace>();
  const index: NameIndex = { callable: new Map(), enums: new Map() };
  for (const file of files) {
    const name = file.tree.namespace?.name.text;
    if (name === undefined) continue;
    const space = spaces.get(name) ?? createNamespace(name, file.folder, bundles, index);
    spaces.set(name, space);
    join(file, space);
  }
  for (const space of spaces.values()) numberParts(space);
  return spaces;
}

function createNamespace(name: string, folder: string, bundles: BundlesOfFolders, index: NameIndex): Namespace {
  const named = { name, folder, files: [], pipelines: new Map(), macros: new Map(), enums: new Map(), index };
  return { ...named, ...bundles.of(folder) };
}

function join(file: FileScope, space: Namespace): void {
  const at = file.tree.namespace;
  if (at !== undefined && file.folder !== space.folder) {
    file.findings.report(problems.otherFolder, at.name, space.name, space.folder === "" ? "." : space.folder);
    return;
  }
  file.space = space;
  space.files.push(file);
}

function numberParts(space: Namespace): void {
  space.files.sort((a, b) => a.part - b.part);
  let expected = 1;
  let previous: FileScope | undefined;
  for (const file of space.files) {
    const at = file.tree.namespace;
    const other = space.files.find((candidate) => candidate !== file);
    if (at === undefined) continue;
    if (at.part !== undefined && previous?.tree.namespace?.part === at.part) {
      const name = `${space.name}#${at.part}`;
      file.findings.report(problems.duplicateName, at, "the part", name, previous.path);
    } else if (other !== undefined && (at.part === undefined || file.part < expected)) {
      file.findings.report(problems.unnumberedPart, at, space.name, other.path);
    } else if (file.part > expected) file.findings.report(problems.missingPart, at, space.name, expected);
    expected = file.part + 1;
    previous = file;
  }
}
