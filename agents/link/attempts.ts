import type { AttemptReference, AttemptResult } from "@polyglot/contracts/service";
import { Unsettled } from "./unsettled.ts";

export type AttemptKey = `${string}/${number}`;

export const attemptKey = (attempt: Pick<AttemptReference, "executionId" | "attemptNo">): AttemptKey =>
  `${attempt.executionId}/${attempt.attemptNo}`;

/**
 * The attempts that the agent answers for.
 *
 *     accept ──> running ──report──> unsettled ──settle──> forgotten
 *                   └── lose ──> forgotten                 (the lease ran out: nobody is told how it ended)
 */
export class Attempts<Stream extends object> {
  readonly unsettled = new Unsettled<AttemptKey, AttemptResult, Stream>();
  readonly #running = new Set<AttemptKey>();
  /** Attempts of which something still runs, and the streams that brought them. */
  readonly #places = new Map<AttemptKey, Stream>();

  get running(): number {
    return this.#running.size;
  }

  /** False for one that is held already. */
  accept(key: AttemptKey, stream: Stream): boolean {
    if (this.#running.has(key) || this.unsettled.has(key)) return false;
    this.#running.add(key);
    this.#places.set(key, stream);
    return true;
  }

  /** The stream that brought an attempt of which something still runs. */
  homeOf(key: AttemptKey): Stream | undefined {
    return this.#places.get(key);
  }

  /** Nothing of the attempt runs any more: its place is free. */
  leave(key: AttemptKey): Stream | undefined {
    const home = this.#places.get(key);
    this.#places.delete(key);
    return home;
  }

  /** Undefined when the attempt is not held any more, or no stream is open; else the stream that carries the result. */
  report(result: AttemptResult): Stream | undefined {
    const key = attemptKey(result);
    if (!this.#running.delete(key)) return undefined;
    return this.unsettled.add(key, result, this.#places.get(key));
  }

  lose(key: AttemptKey): void {
    this.#running.delete(key);
  }

  loseRunning(): void {
    this.#running.clear();
  }

  *references(): Iterable<{ executionId: string; attemptNo: number }> {
    for (const key of [...this.#running, ...this.unsettled.keys()]) {
      const slash = key.lastIndexOf("/");
      yield { executionId: key.slice(0, slash), attemptNo: Number(key.slice(slash + 1)) };
    }
  }
}
