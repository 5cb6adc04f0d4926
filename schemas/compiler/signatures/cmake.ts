/** CMakeLists.txt to the C++ files that its targets are built from, as far as its text says it. */
import { folderOf, joinPath, pathWithin, resolvePath } from "../source/paths.ts";
import { readCommands } from "./cmake-commands.ts";
import { matchesPattern } from "./match-pattern.ts";

export interface CmakeTargets {
  /** Relative to the bundle's root, in the order of the text. */
  readonly sources: ReadonlySet<string>;
  readonly includeFolders: ReadonlySet<string>;
  /** Sources may be missing, because they depend on what only CMake knows. */
  readonly isOpen: boolean;
}

interface Files {
  has(path: string): boolean;
  text(path: string): string | undefined;
  paths(): readonly string[];
}

/** Depth of `add_subdirectory`, and values of a variable. */
const limits = { depth: 20, values: 10_000 } as const;

export function readTargets(folder: string, files: Files): CmakeTargets {
  const project = new CmakeProject(folder, files);
  project.read(folder, new Map());
  return project;
}

/** Commands that neither add files nor decide on others. */
const harmless: ReadonlySet<string> = new Set([
  "cmake_minimum_required",
  "project",
  "target_compile_features",
  "target_compile_options",
  "target_compile_definitions",
  "target_link_libraries",
  "target_link_options",
  "add_compile_options",
  "add_compile_definitions",
  "add_definitions",
  "set_target_properties",
  "set_property",
  "find_package",
  "find_library",
  "link_directories",
  "link_libraries",
  "enable_testing",
  "add_test",
  "install",
  "message",
  "option",
  "cmake_policy",
  "enable_language",
]);

const keywords: ReadonlySet<string> = new Set([
  ...["STATIC", "SHARED", "MODULE", "OBJECT", "INTERFACE", "PUBLIC", "PRIVATE", "EXCLUDE_FROM_ALL", "WIN32"],
  ...["MACOSX_BUNDLE", "SYSTEM", "BEFORE", "AFTER", "CONFIGURE_DEPENDS", "CACHE", "PARENT_SCOPE"],
]);

type Variables = Map<string, readonly string[]>;

class CmakeProject implements CmakeTargets {
  readonly sources = new Set<string>();
  readonly includeFolders = new Set<string>();
  isOpen = false;
  readonly #root: string;
  readonly #files: Files;

  constructor(root: string, files: Files) {
    this.#root = root;
    this.#files = files;
  }

  read(folder: string, inherited: Variables, depth = 0): void {
    const text = this.#files.text(joinPath(folder, "CMakeLists.txt"));
    if (text === undefined || depth > limits.depth) {
      this.isOpen = true;
      return;
    }
    const variables: Variables = new Map(inherited);
    for (const [name, paths] of foldersOf(this.#root, folder)) variables.set(name, paths);
    for (const { name, words } of readCommands(text)) {
      this.#command(name, this.#expand(words, variables), { folder, variables, depth });
    }
  }

  #command(name: string, words: readonly string[], place: Place): void {
    const [first = "", ...rest] = words;
    switch (name) {
      case "add_library":
      case "add_executable":
      case "target_sources":
        return this.#addSources(rest, place);
      case "include_directories":
        return this.#addFolders(words, place);
      case "target_include_directories":
        return this.#addFolders(rest, place);
      case "set":
        return void place.variables.set(first, rest.filter(isNoKeyword));
      case "list":
        return this.#list(first, rest, place);
      case "file":
        return this.#glob(first, rest, place);
      case "add_subdirectory":
        return this.#subfolder(first, place);
      default:
        // What stands under a condition, and what only CMake computes, may be there or not.
        if (!harmless.has(name)) this.isOpen = true;
    }
  }

  #addSources(words: readonly string[], { folder }: Place): void {
    for (const word of words.filter(isNoKeyword)) {
      const path = resolveIn(folder, word);
      if (path === undefined || !this.#files.has(path)) this.isOpen = true;
      else if (!/\.(?:h|hh|hpp|hxx|inc)$/.test(path)) this.sources.add(path);
    }
  }

  #addFolders(words: readonly string[], { folder }: Place): void {
    for (const word of words.filter(isNoKeyword)) {
      // Headers for the build tree and for who installs the library.
      const path = resolveIn(folder, /^\$<BUILD_INTERFACE:(.*)>$/.exec(word)?.[1] ?? word);
      if (path !== undefined) this.includeFolders.add(path);
    }
  }

  #list(action: string, [name = "", ...values]: readonly string[], { variables }: Place): void {
    if (action !== "APPEND") this.isOpen = true;
    else variables.set(name, [...(variables.get(name) ?? []), ...values].slice(0, limits.values));
  }

  #glob(action: string, [name = "", ...rest]: readonly string[], { folder, variables }: Place): void {
    if (action !== "GLOB" && action !== "GLOB_RECURSE") {
      this.isOpen = true;
      return;
    }
    const isRelative = rest[0] === "RELATIVE";
    const patterns = rest.slice(isRelative ? 2 : 0).filter(isNoKeyword);
    const found = patterns.flatMap((pattern) => {
      const full = resolveIn(folder, pattern);
      return full === undefined ? [] : this.#matching(full, action === "GLOB_RECURSE");
    });
    // Names found are below the folder of the bundle, as those of the variables that name folders.
    variables.set(name, found.map(rooted).slice(0, limits.values));
  }

  #matching(pattern: string, isDeep: boolean): string[] {
    const folder = folderOf(pattern);
    const name = pattern.slice(folder === "" ? 0 : folder.length + 1);
    return this.#files
      .paths()
      .filter((path) => {
        const inner = pathWithin(folder, path);
        if (inner === undefined || (!isDeep && inner.includes("/"))) return false;
        return matchesPattern(inner.slice(inner.lastIndexOf("/") + 1), name);
      })
      .toSorted();
  }

  #subfolder(name: string, { folder, variables, depth }: Place): void {
    const path = resolveIn(folder, name);
    if (path === undefined) this.isOpen = true;
    else this.read(path, variables, depth + 1);
  }

  /** `${NAME}` alone is a list, within a word it is text. */
  #expand(words: readonly string[], variables: Variables): string[] {
    return words.flatMap((word) => {
      const whole = /^\$\{(\w+)\}$/.exec(word)?.[1];
      const values = whole === undefined ? undefined : variables.get(whole);
      if (values !== undefined) return values;
      const text = word.replace(/\$\{(\w+)\}/g, (all, name: string) => variables.get(name)?.join(";") ?? all);
      return text.includes(";") ? text.split(";") : [text];
    });
  }
}

interface Place {
  readonly folder: string;
  readonly variables: Variables;
  readonly depth: number;
}

const isNoKeyword = (word: string): boolean => !keywords.has(word);

/** Paths from the bundle's root begin with `/`. */
const rooted = (path: string): string => `/${path}`;

function foldersOf(root: string, folder: string): [string, string[]][] {
  return [
    ...["CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR"].map((name): [string, string[]] => [name, [rooted(root)]]),
    ...["CMAKE_CURRENT_SOURCE_DIR", "CMAKE_CURRENT_LIST_DIR"].map((name): [string, string[]] => [
      name,
      [rooted(folder)],
    ]),
  ];
}

/** Undefined for what leaves the bundle, or holds what only CMake knows. */
function resolveIn(folder: string, word: string): string | undefined {
  if (word.includes("$")) return undefined;
  return word.startsWith("/") ? resolvePath("", word) : resolvePath(folder, word);
}
