/**
 * A line of control. `end` lets no further step of it start; `abort` also kills the step that runs. Both reach the
 * branches that it forked, never the one that it was forked from.
 */
export class Branch {
  readonly signal: AbortSignal;
  readonly #controller: AbortController;
  #ended = false;
  #forks: Set<Branch> | undefined;

  constructor() {
    this.#controller = new AbortController();
    this.signal = this.#controller.signal;
  }

  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
    for (const fork of this.#forks ?? []) fork.end();
  }

  /** `graceMs`: how long the step that runs may take to end by itself; absent: as whoever runs it sees fit. */
  abort(graceMs?: number): void {
    this.#ended = true;
    this.#controller.abort(graceMs === undefined ? undefined : { graceMs });
    for (const fork of this.#forks ?? []) fork.abort(graceMs);
  }

  fork(): Branch {
    const fork = new Branch();
    if (this.#ended) fork.end();
    if (this.signal.aborted) fork.abort();
    this.#forks ??= new Set();
    this.#forks.add(fork);
    return fork;
  }

  /** The fork is over: nothing is left in it to end. */
  release(fork: Branch): void {
    this.#forks?.delete(fork);
  }
}
