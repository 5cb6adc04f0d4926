/** Files that a build left, taken over by the agent: nobody else owns or changes them, and a change is seen. */
import { chmod, lchown, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@polyglot/contracts";

export interface Listing {
  /** Of the paths, kinds, sizes and times of change of all that is there. Contents are the owner's alone to change. */
  readonly digest: string;
  readonly bytes: number;
}

/** Nobody may write to it from now on. `owner`: who gets it where the agent may give files away. */
export async function sealFolder(folder: string, owner: { uid: number; gid: number } | undefined): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await sealFolder(path, owner);
    else await sealFile(path, entry.isFile(), owner);
  }
  if (owner !== undefined) await lchown(folder, owner.uid, owner.gid);
  await chmod(folder, 0o555);
}

/** Changing the owner comes first: it clears the bits that let a program run as its owner. */
async function sealFile(path: string, isFile: boolean, owner: { uid: number; gid: number } | undefined): Promise<void> {
  if (owner !== undefined) await lchown(path, owner.uid, owner.gid);
  if (!isFile) return;
  const { mode } = await lstat(path);
  await chmod(path, (mode & 0o111) === 0 ? 0o444 : 0o555);
}

/** Undefined where there is no such folder. */
export async function listFolder(folder: string): Promise<Listing | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return undefined;
  const lines: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await lstat(path);
    const kind = entry.isDirectory() ? "d" : entry.isFile() ? "f" : "l";
    lines.push(`${path.slice(folder.length)}\0${kind}${kind === "d" ? "" : `\0${size}\0${Math.floor(mtimeMs)}`}`);
    if (kind === "f") bytes += size;
  }
  return { digest: sha256(new TextEncoder().encode(lines.sort().join("\n"))), bytes };
}
