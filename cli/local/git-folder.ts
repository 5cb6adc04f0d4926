import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { simpleGit } from "simple-git";
import { stringify } from "yaml";

export interface GitFolder {
  /** `file://` URL of the repository. */
  readonly url: string;
  readonly branch: string;
  /** Of the folder, relative to the repository's root; `.` for the root itself. */
  readonly path: string;
  /** A name for it, of the letters that an object's name may have. */
  readonly name: string;
}

/** The repository that a folder belongs to; undefined for a folder outside of one, or without a commit yet. */
export async function findGitFolder(folder: string): Promise<GitFolder | undefined> {
  const git = simpleGit(folder);
  try {
    const root = (await git.revparse(["--show-toplevel"])).trim();
    const branch = (await git.revparse(["--abbrev-ref", "HEAD"])).trim();
    const path = (await git.revparse(["--show-prefix"])).trim().replace(/\/$/, "") || ".";
    return { url: pathToFileURL(root).href, branch, path, name: objectName(basename(root)) };
  } catch {
    return undefined;
  }
}

const objectName = (text: string): string =>
  text
    .replace(/[^a-zA-Z0-9.-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 63)
    .replace(/[.-]+$/, "") || "here";

/** The declared object that makes the controller reconcile it. */
export function repositoryDocument(folder: GitFolder, intervalSeconds: number): string {
  const { name, url, branch, path } = folder;
  return stringify({
    apiVersion: "polyglot.dev/v1",
    kind: "GitRepository",
    metadata: { name },
    spec: { url, branch, path, intervalSeconds },
  });
}
