import type { FileState } from "./file-state.ts";

export type FileEvent = "created" | "modified" | "deleted";

export interface Change {
  readonly event: FileEvent;
  /** The version that came, or that is gone. */
  readonly state: FileState;
}

/** Versions of the files that one watch has told of. A restarted agent begins anew: the controller knows what it has had. */
export class Ledger {
  readonly #known = new Map<string, FileState>();

  paths(): Iterable<string> {
    return this.#known.keys();
  }

  /** Whether `record` would tell of something. */
  isNews(path: string, state: FileState | undefined): boolean {
    return this.#known.get(path)?.version !== state?.version;
  }

  record(path: string, state: FileState | undefined): Change | undefined {
    const before = this.#known.get(path);
    if (state === undefined) {
      this.#known.delete(path);
      return before === undefined ? undefined : { event: "deleted", state: before };
    }
    if (before?.version === state.version) return undefined;
    this.#known.set(path, state);
    return { event: before === undefined ? "created" : "modified", state };
  }
}
