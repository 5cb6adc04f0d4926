import { withClient } from "../client/api-client.ts";
import type { Endpoint } from "../client/endpoint.ts";
import { findGitFolder, repositoryDocument } from "../local/git-folder.ts";
import { watchFolder } from "../local/watched-folder.ts";
import { diagnosticText } from "../output/diagnostic-text.ts";
import { readSourceFiles } from "./source-files.ts";

/** Seconds between two looks at the branch of a repository on this machine: looking costs nothing. */
const localIntervalSeconds = 2;

type Say = (line: string) => void;

/** Makes the controller follow what a folder holds: its commits or, outside of git, its files. Answers how to stop. */
export async function followPath(endpoint: Endpoint, path: string, say: Say): Promise<() => Promise<void>> {
  const repository = await findGitFolder(path);
  if (repository === undefined) return followFiles(endpoint, path, say);
  say(`reconciling branch ${repository.branch} of ${repository.url}: what is committed counts`);
  const document = Buffer.from(repositoryDocument(repository, localIntervalSeconds));
  await apply(endpoint, new Map([["up.yaml", document]]), say);
  return async () => undefined;
}

async function followFiles(endpoint: Endpoint, path: string, say: Say): Promise<() => Promise<void>> {
  let applied = "";
  const follow = async () => {
    try {
      const { files, digest } = await readSourceFiles(path);
      if (digest === applied) return;
      await apply(endpoint, files, say);
      applied = digest;
    } catch (error) {
      // A file that vanished while it was read, a controller that starts anew: the next change tries again.
      say((error as Error).message);
    }
  };
  await follow();
  say(`watching ${path}`);
  return watchFolder(path, follow);
}

/** What is wrong with the files is told and no failure of `up`: the next change may mend it. */
async function apply(endpoint: Endpoint, files: ReadonlyMap<string, Uint8Array>, say: Say): Promise<void> {
  const request = { files: [...files].map(([path, content]) => ({ path, content })) };
  const { objects, diagnostics } = await withClient(endpoint, (call) => call.apply(request));
  for (const found of diagnostics) say(diagnosticText(found));
  for (const { kind, name, change } of objects) if (change !== "unchanged") say(`${kind}/${name} ${change}`);
}
