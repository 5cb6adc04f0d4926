import { type Clock, Heap } from "@polyglot/service";
import type { WaitingExecution } from "../store/executions.ts";

/**
 * What waits, in memory, in front of the durable rows: executions that are due, first come first served over all
 * pipelines of a queue, and those whose retry is not due yet. A row is here at most once.
 *
 *     (store) ──add──> delayed ──promote──> due ──take──> (being claimed) ──forget──> (gone)
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #known = new Map<string, WaitingExecution>();
  readonly #due = new Heap<WaitingExecution>((a, b) => a.sequence - b.sequence);
  readonly #delayed = new Heap<WaitingExecution>((a, b) => a.dueAtMs - b.dueAtMs);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** All that it holds, those being claimed included. */
  get size(): number {
    return this.#known.size;
  }

  /** A row that is known already, at the same attempt and due at the same time, changes nothing. */
  add(execution: WaitingExecution): void {
    const known = this.#known.get(execution.executionId);
    if (known?.attemptNo === execution.attemptNo && known.dueAtMs === execution.dueAtMs) return;
    this.#known.set(execution.executionId, execution);
    if (execution.dueAtMs > this.#clock.now()) this.#delayed.push(execution);
    else this.#due.push(execution);
  }

  /** The next ones that `fits`, in order; those that do not are passed over and keep their places. */
  take(count: number, fits: (execution: WaitingExecution) => boolean): WaitingExecution[] {
    const taken: WaitingExecution[] = [];
    const passed: WaitingExecution[] = [];
    while (taken.length < count && passed.length < maxPassed) {
      const next = this.#due.pop();
      if (next === undefined) break;
      if (!this.#isCurrent(next)) continue;
      if (fits(next)) taken.push(next);
      else passed.push(next);
    }
    for (const execution of passed) this.#due.push(execution);
    return taken;
  }

  /** It no longer waits. */
  forget(executionId: string): void {
    this.#known.delete(executionId);
  }

  /** Drops what is not in these shards any more. */
  keepShards(shards: ReadonlySet<string>): void {
    for (const [id, execution] of this.#known) if (!shards.has(execution.shard)) this.#known.delete(id);
  }

  /** Moves what is due by now. Answers the milliseconds to the next one, where one is delayed. */
  promote(): number | undefined {
    const now = this.#clock.now();
    for (let next = this.#delayed.peek(); next !== undefined; next = this.#delayed.peek()) {
      if (this.#isCurrent(next) && next.dueAtMs > now) return next.dueAtMs - now;
      this.#delayed.pop();
      if (this.#isCurrent(next)) this.#due.push(next);
    }
    return undefined;
  }

  #isCurrent(execution: WaitingExecution): boolean {
    return this.#known.get(execution.executionId) === execution;
  }
}

/** How far `take` looks past executions that no agent fits now, so that one round stays short. */
const maxPassed = 1_000;
