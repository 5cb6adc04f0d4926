import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isNeverWatched } from "./pattern.ts";

/**
 * Paths of all files and links in a folder and up to `depth` levels below it. Links to folders are not followed, because
 * they may lead in circles. Folders that went away or may not be read hold nothing.
 */
export async function* walk(folder: string, depth: number, signal: AbortSignal): AsyncGenerator<string[]> {
  if (signal.aborted) return;
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (entry.isDirectory()) {
      if (!isNeverWatched(entry.name)) folders.push(join(folder, entry.name));
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      files.push(join(folder, entry.name));
    }
  }
  if (files.length > 0) yield files;
  if (depth === 0) return;
  for (const inner of folders) yield* walk(inner, depth - 1, signal);
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
