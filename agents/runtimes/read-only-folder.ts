/** Folders that nobody changes once they are whole: their sizes, their modes, their removal. */
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Regular files below it, and no links. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Without reading the files: there may be gigabytes of them. */
export async function sizeOnDisk(folder: string): Promise<number> {
  let bytes = 0;
  for (const path of await filesIn(folder)) bytes += (await lstat(path)).size;
  return bytes;
}

export async function removeReadOnly(folder: string): Promise<void> {
  await setFolderModes(folder, 0o755).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}

/** Downward before the folders open, upward after they close: a folder's own mode is set last when it loses writing. */
export async function setFolderModes(folder: string, mode: number): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await setFolderModes(join(folder, entry.name), mode);
  }
  await chmod(folder, mode);
}
