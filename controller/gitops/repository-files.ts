/** The files of a revision of a repository, for a plan: looked at beside the loop that follows it, in a mirror of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type FileSet, type GitRepositorySpec, gitRepository } from "@polyglot/contracts";
import type { Queryable } from "../store/database.ts";
import { readObjectsOfKind } from "../store/objects.ts";
import { GitMirror, type SourceProblem } from "./git-mirror.ts";
import { parseRevision, revisionOf } from "./git-revision.ts";

export interface RepositorySourceParts {
  readonly database: Queryable;
  readonly dataFolder: string;
  readonly allowFile: boolean;
  readonly searchPath: string;
}

export type RepositoryFiles =
  | { readonly kind: "read"; readonly commit: string; readonly files: FileSet }
  | { readonly kind: "revision" }
  | SourceProblem;

export class RepositorySource {
  readonly #parts: RepositorySourceParts;

  constructor(parts: RepositorySourceParts) {
    this.#parts = parts;
  }

  /** The spec of a repository's object; undefined where there is none of that name. */
  async specOf(name: string): Promise<GitRepositorySpec | undefined> {
    const object = (await readObjectsOfKind(this.#parts.database, "GitRepository")).find((one) => one.name === name);
    return object === undefined ? undefined : gitRepository.shape.spec.parse(object.spec);
  }

  /** An empty revision is what the repository's object says. */
  async read(spec: GitRepositorySpec, revision: string, signal: AbortSignal): Promise<RepositoryFiles> {
    const wanted = revision === "" ? revisionOf(spec) : parseRevision(revision);
    if (wanted === undefined) return { kind: "revision" };
    const { dataFolder, allowFile, searchPath } = this.#parts;
    const { url, path, ignore } = spec;
    const folder = mkdtempSync(join(dataFolder, "plan-"));
    const mirror = new GitMirror({
      folder: join(folder, "mirror"),
      url,
      revision: wanted,
      path,
      ignore,
      allowFile,
      searchPath,
    });
    try {
      const fetched = await mirror.fetch(signal);
      if (fetched.kind !== "fetched") return fetched;
      const tree = await mirror.read(fetched.commit, signal);
      return tree.kind === "refused" ? { ...tree, kind: "refused" } : { ...tree, commit: fetched.commit };
    } finally {
      mirror.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
