import { Branch } from "./branch.ts";

/**
 * Branches that are never joined: they do not hold up the end of the run, and end with the attempt at the latest when
 * it is cancelled, killed or lost.
 */
export class BackgroundBranches {
  readonly #root = new Branch();
  readonly #running = new Set<Promise<void>>();

  fork(): Branch {
    return this.#root.fork();
  }

  add(branch: Branch, end: Promise<void>): void {
    const tracked = end.finally(() => {
      this.#running.delete(tracked);
      this.#root.release(branch);
    });
    this.#running.add(tracked);
  }

  abort(): void {
    this.#root.abort();
  }

  get isEmpty(): boolean {
    return this.#running.size === 0;
  }

  /** Resolves when none is left. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
