import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { FileSet } from "@polyglot/contracts";
import { Failure } from "./failure.ts";

/** Names of folders that hold no source: what git, npm and Python keep for themselves, and our own data. */
const skipped = new Set([".git", ".polyglot", "node_modules", "__pycache__", ".venv"]);

/** Files and bytes that one call reads; beyond it a wrong folder was given. */
const limits = { files: 20_000, bytes: 256 * 1024 * 1024 };

/** All files at and below `path`, by their path relative to `base`, with `/`. */
export function readFiles(path: string, base: string): FileSet {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const file of listFiles(path)) {
    const content = readFileSync(file);
    bytes += content.byteLength;
    files.set(relative(base, file).split(sep).join("/"), content);
    if (files.size > limits.files || bytes > limits.bytes) {
      throw new Failure("usage", `${path} holds more than ${limits.files} files or ${limits.bytes} bytes`);
    }
  }
  return files;
}

/** The path itself, or all files at and below it. */
export function listFiles(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Failure("usage", `there is no file or folder ${path}`);
  if (!stats.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name) && (entry.isDirectory() || entry.isFile()))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(path, entry.name)) : [join(path, entry.name)]));
}
