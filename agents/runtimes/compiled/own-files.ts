/**
 * The files of a bundle that a module is built of, as far as its text tells: a change of any other builds nothing anew. Where
 * the text may reach for more than can be seen in it, all of the bundle counts.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@polyglot/contracts";
import { filesIn } from "../read-only-folder.ts";

/** The text of a file below the bundle; undefined where there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;

export const textsIn =
  (folder: string): ReadText =>
  (path) =>
    readFile(join(folder, path), "utf8").catch(() => undefined);

/** What a file leads to: paths that may be there or not; undefined where its text does not tell. */
export type LeadsTo = (path: string, text: string) => readonly string[] | undefined;

/** A file and all that it leads to, sorted; undefined where one of them does not tell. */
export async function closureOf(
  file: string,
  read: ReadText,
  leadsTo: LeadsTo,
): Promise<readonly string[] | undefined> {
  const found = new Set<string>();
  const left = [file];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    // One leads to the next.
    // oxlint-disable-next-line no-await-in-loop
    const text = found.has(path) ? undefined : await read(path);
    if (text === undefined) continue;
    found.add(path);
    const next = leadsTo(path, text);
    if (next === undefined) return undefined;
    left.push(...next);
  }
  return [...found].sort();
}

/** All files of a folder of the bundle; undefined where the text of one of them `reachesOut`. */
export async function filesOfFolder(
  folder: string,
  path: string,
  reachesOut: (path: string, text: string) => boolean,
): Promise<readonly string[] | undefined> {
  const files = (await filesIn(join(folder, path))).map((file) => file.slice(folder.length + 1)).sort();
  const texts = await Promise.all(files.map(textsIn(folder)));
  return files.some((file, index) => reachesOut(file, texts[index] ?? "")) ? undefined : files;
}

/** Digests of the files by their paths. */
export async function digestsOf(folder: string, files: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const bytes = await Promise.all(files.map((file) => readFile(join(folder, file))));
  return Object.fromEntries(files.map((file, index) => [file, sha256(bytes[index] ?? new Uint8Array())]));
}
