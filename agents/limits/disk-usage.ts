import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

/** Files and folders that are counted; a folder with more counts as one that is too large. */
const maxEntries = 1_000_000;
const blockBytes = 512;

/**
 * Disk that a folder takes with all below it. Stops beyond `enough`, and what goes while it is looked at is not counted. Files
 * that were removed and are still open are not seen.
 */
export async function diskBytesOf(folder: string, enough: number): Promise<number> {
  let bytes = 0;
  let entries = 0;
  const open = [folder];
  for (let at = open.pop(); at !== undefined && bytes <= enough; at = open.pop()) {
    for (const { name, isFolder } of await entriesOf(at)) {
      entries += 1;
      if (entries > maxEntries) return Number.POSITIVE_INFINITY;
      const path = join(at, name);
      if (isFolder) open.push(path);
      bytes += blockBytes * ((await lstat(path).catch(() => undefined))?.blocks ?? 0);
      if (bytes > enough) return bytes;
    }
  }
  return bytes;
}

async function entriesOf(folder: string): Promise<{ readonly name: string; readonly isFolder: boolean }[]> {
  const found: { name: string; isFolder: boolean }[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      found.push({ name: entry.name, isFolder: entry.isDirectory() });
      if (found.length > maxEntries) break;
    }
  } catch {
    // It has gone, or belongs to another user.
  }
  return found;
}
