import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readFiles } from "../client/read-files.ts";

/** A file, or all files below a folder, as the API takes them. */
export function filesToSend(path: string): { path: string; content: Uint8Array }[] {
  const absolute = resolve(path);
  const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const files = readFiles(absolute, isFolder ? absolute : dirname(absolute));
  return [...files].map(([name, content]) => ({ path: name, content }));
}
