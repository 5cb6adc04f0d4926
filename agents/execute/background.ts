import type { BackgroundRun } from "./background-run.ts";
import type { Stop } from "./ending.ts";

/** Branches that are never joined: they do not hold up the end of the run that they are a part of. */
export class BackgroundBranches {
  readonly #runs = new Set<BackgroundRun>();

  add(run: BackgroundRun): void {
    this.#runs.add(run);
    void run.over.then(() => this.#runs.delete(run));
  }

  stop(stop: Stop): void {
    for (const run of this.#runs) run.stop(stop);
  }

  get isEmpty(): boolean {
    return this.#left().length === 0;
  }

  /** Those that still run: executions of their own from now on. */
  handOver(): readonly BackgroundRun[] {
    const left = this.#left();
    for (const run of left) run.becomeExecution();
    this.#runs.clear();
    return left;
  }

  /** Resolves when none is left. */
  async drained(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all([...this.#runs].map((run) => run.over));
  }

  #left(): BackgroundRun[] {
    return [...this.#runs].filter((run) => !run.isOver);
  }
}
