import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processStart } from "./process-start.ts";

interface Holder {
  readonly pid: number;
  readonly started: string | undefined;
}

export type LockResult =
  | { readonly kind: "locked"; readonly lock: FolderLock }
  | { readonly kind: "held"; readonly pid: number };

/**
 * One process at a time owns a folder. The lock is a file that names its owner by number and start time, so that what a
 * killed owner left behind is seen as stale, also when its number is in use again.
 */
export class FolderLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** The folder must exist. */
  static acquire(folder: string): LockResult {
    const path = join(folder, "lock");
    const mine = join(folder, `lock.${process.pid}`);
    writeFileSync(mine, JSON.stringify({ pid: process.pid, started: processStart(process.pid) } satisfies Holder));
    try {
      while (!linkOnce(mine, path)) {
        const holder = readHolder(path);
        if (holder !== undefined && isAlive(holder)) return { kind: "held", pid: holder.pid };
        setAside(path, `${mine}.stale`, holder);
      }
      return { kind: "locked", lock: new FolderLock(path) };
    } finally {
      rmSync(mine, { force: true });
    }
  }

  release(): void {
    if (readHolder(this.#path)?.pid === process.pid) rmSync(this.#path, { force: true });
  }
}

/** `link` makes the file and its content appear at once, and fails where there is one. */
function linkOnce(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

const isAlive = (holder: Holder): boolean => {
  const started = processStart(holder.pid);
  return started !== undefined && started === holder.started;
};

/** Two starters may find the same stale lock; the slower one must not take away the lock that the faster one made. */
function setAside(path: string, aside: string, stale: Holder | undefined): void {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved !== undefined && moved.pid !== stale?.pid && isAlive(moved)) linkOnce(aside, path);
  rmSync(aside, { force: true });
}
