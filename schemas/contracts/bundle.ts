/**
 * Bundles: all that a namespace's folder holds beside its `.pg` and YAML files, as one archive named by its sha256.
 * The archive is a ZIP file with stored (not compressed) entries in path order and a fixed time, so that the same
 * files give the same bytes with every version of every library.
 */
import { unzipSync, type Zippable, zipSync } from "fflate";
import { sha256 } from "./canonical-json.ts";
import type { BundleDigest } from "./ids.ts";

/** Paths relative to the namespace's folder, with `/`. */
export type FileSet = ReadonlyMap<string, Uint8Array>;

export interface Bundle {
  readonly digest: BundleDigest;
  readonly archive: Uint8Array;
}

/** ZIP keeps years from 1980 and local time; the day is in the middle so that no time zone moves it out of range. */
const fixedTime = new Date(1980, 6, 1);

export function createBundle(files: FileSet): Bundle {
  const entries: Zippable = {};
  for (const path of [...files.keys()].sort()) {
    entries[path] = [files.get(path) ?? new Uint8Array(), { level: 0, mtime: fixedTime }];
  }
  const archive = zipSync(entries);
  return { digest: sha256(archive) as BundleDigest, archive };
}

/** Throws where the archive is damaged or a path leaves its folder. */
export function readBundle(archive: Uint8Array): FileSet {
  const files = new Map<string, Uint8Array>();
  for (const [path, bytes] of Object.entries(unzipSync(archive))) {
    if (!isInside(path)) throw new Error(`a bundle may not hold '${path}': the path leaves its folder`);
    files.set(path, bytes);
  }
  return files;
}

function isInside(path: string): boolean {
  const parts = path.split("/");
  return (
    path !== "" &&
    !path.includes("\\") &&
    !path.includes("\0") &&
    parts.every((part) => part !== "" && part !== "." && part !== "..")
  );
}
