/** What a file imports, by alias, with what calls ask of all imports at once: each asks often, and there may be many. */
import type { Import, Namespace } from "./file-scope.ts";

/** Imports that lead to the same namespaces. */
interface Group {
  readonly imports: Import[];
  isUsed: boolean;
}

export class Imports {
  /** Those of the file, where these are a pipeline's own beside them. */
  readonly #outer: Imports | undefined;
  readonly #byAlias = new Map<string, Import>();
  readonly #groups = new Map<readonly Namespace[], Group>();
  readonly #groupsOf = new Map<Namespace, Group[]>();
  readonly #byName = new Map<string, Namespace>();
  readonly #unresolved: Import[] = [];
  #isOpen = false;

  constructor(outer?: Imports) {
    this.#outer = outer;
  }

  get(alias: string): Import | undefined {
    return this.#byAlias.get(alias) ?? this.#outer?.get(alias);
  }

  /** An alias of the file is another's where a pipeline has one of that name itself. */
  add(alias: string, imported: Import): void {
    this.#byAlias.set(alias, imported);
    if (imported.kind === "spaces") this.#group(imported.spaces).imports.push(imported);
    if (imported.kind === "unresolved") this.#unresolved.push(imported);
    this.#isOpen ||= imported.kind === "unresolved" || (imported.kind === "unknown" && imported.holdsNamespaces);
  }

  #group(spaces: readonly Namespace[]): Group {
    const known = this.#groups.get(spaces);
    if (known !== undefined) return known;
    const group: Group = { imports: [], isUsed: false };
    this.#groups.set(spaces, group);
    for (const space of spaces) {
      this.#groupsOf.set(space, [...(this.#groupsOf.get(space) ?? []), group]);
      if (!this.#byName.has(space.name)) this.#byName.set(space.name, space);
    }
    return group;
  }

  *aliases(): Iterable<string> {
    yield* this.#byAlias.keys();
    if (this.#outer !== undefined) yield* this.#outer.aliases();
  }

  /** These themselves, without those of the file. */
  own(): Iterable<Import> {
    return this.#byAlias.values();
  }

  has(space: Namespace): boolean {
    return this.#groupsOf.has(space) || this.#outer?.has(space) === true;
  }

  *spaces(): Iterable<Namespace> {
    if (this.#outer !== undefined) yield* this.#outer.spaces();
    for (const space of this.#groupsOf.keys()) if (this.#outer?.has(space) !== true) yield space;
  }

  named(name: string): Namespace | undefined {
    return this.#outer?.named(name) ?? this.#byName.get(name);
  }

  /** Imports through which a namespace may have been reached. */
  markUsed(space: Namespace): void {
    for (const group of this.#groupsOf.get(space) ?? []) {
      if (group.isUsed) continue;
      group.isUsed = true;
      for (const imported of group.imports) imported.used = true;
    }
    this.#outer?.markUsed(space);
  }

  /** Whether any name may come from an import that is unknown; those that are not at hand count as used then. */
  mayHoldAny(): boolean {
    for (const imported of this.#unresolved.splice(0)) imported.used = true;
    const isOpenOutside = this.#outer?.mayHoldAny() === true;
    return this.#isOpen || isOpenOutside;
  }

  usesUnresolved(): boolean {
    return [...this.#byAlias.values()].some((item) => item.kind === "unresolved" && item.used);
  }
}
