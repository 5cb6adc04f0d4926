import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

/** One version of a file. */
export interface FileState {
  /** Tells this version from any other of any file at the path: inode, size and time of change. */
  readonly version: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Undefined where there is no regular file, or none that may be looked at. */
export async function readFileState(path: string): Promise<FileState | undefined> {
  try {
    const found = await stat(path, { bigint: true });
    return found.isFile() ? fileState(found) : undefined;
  } catch {
    return undefined;
  }
}

function fileState({ ino, size, mtimeNs }: BigIntStats): FileState {
  return { version: `${ino}:${size}:${mtimeNs}`, size: Number(size), modifiedAt: Number(mtimeNs / 1_000_000n) };
}
