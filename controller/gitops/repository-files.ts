/** The files of a revision of a repository, for a plan: looked at beside the loop that follows it. */
import { type FileSet, type GitRepositorySpec, gitRepository } from "@polyglot/contracts";
import type { Queryable } from "../store/database.ts";
import { readObjectsOfKind, type StoredObject } from "../store/objects.ts";
import type { GitMirrors } from "./git-mirrors.ts";
import type { SourceProblem } from "./git-problem.ts";
import { parseRevision, revisionOf } from "./git-revision.ts";

export interface RepositorySourceParts {
  readonly database: Queryable;
  readonly mirrors: GitMirrors;
}

export type RepositoryFiles =
  | { readonly kind: "read"; readonly commit: string; readonly files: FileSet }
  | { readonly kind: "revision" }
  | SourceProblem;

export type FoundRepository =
  | { readonly kind: "found"; readonly object: StoredObject; readonly spec: GitRepositorySpec }
  | { readonly kind: "none"; readonly known: readonly string[] };

/** The object of a name, or the names that there are. */
export async function findRepository(database: Queryable, name: string): Promise<FoundRepository> {
  const all = await readObjectsOfKind(database, "GitRepository");
  const object = all.find((one) => one.name === name);
  if (object === undefined) return { kind: "none", known: all.map((one) => one.name) };
  return { kind: "found", object, spec: gitRepository.shape.spec.parse(object.spec) };
}

export class RepositorySource {
  readonly #parts: RepositorySourceParts;

  constructor(parts: RepositorySourceParts) {
    this.#parts = parts;
  }

  /** An empty revision is what the repository's object says. */
  async read(spec: GitRepositorySpec, revision: string, signal: AbortSignal): Promise<RepositoryFiles> {
    const wanted = revision === "" ? revisionOf(spec) : parseRevision(revision);
    if (wanted === undefined) return { kind: "revision" };
    const { mirrors } = this.#parts;
    const mirror = mirrors.open(spec);
    try {
      const expected = wanted.kind === "commit" ? wanted.name : undefined;
      const fetched = await mirror.fetch(wanted, expected, signal);
      if (fetched.kind !== "fetched") return fetched;
      const tree = await mirror.read(fetched.commit, spec, signal);
      return tree.kind === "refused" ? { ...tree, kind: "refused" } : { ...tree, commit: fetched.commit };
    } finally {
      mirrors.close(spec, "keep");
    }
  }
}
