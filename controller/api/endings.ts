/**
 * Waits for executions to end. Those of this controller's queues are told by the queue; for those of another one the store
 * is asked once a second for all that somebody waits for, and not at all when nobody does.
 */
import { isOutcome } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger } from "@polyglot/service";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { Queryable } from "../store/database.ts";
import { readStates } from "../store/listings.ts";

const rereadMs = 1_000;

export class Endings {
  readonly #database: Queryable;
  readonly #clock: Clock;
  readonly #tasks: BackgroundTasks;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stopListening: () => void;
  readonly #stopping = new AbortController();
  #asking = false;

  constructor(queue: Pick<QueueManager, "onEnded">, database: Queryable, clock: Clock, logger: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "could not read the states waited for"));
    this.#stopListening = queue.onEnded((settled) => {
      for (const { executionId, state } of settled) if (isOutcome(state)) this.#tell(executionId);
    });
  }

  /** Calls back once when the execution has an outcome; it may have had one before. Answers how to end the wait. */
  onEnd(executionId: string, listener: () => void): () => void {
    const listeners = this.#waiting.get(executionId) ?? new Set();
    this.#waiting.set(executionId, listeners.add(listener));
    if (!this.#asking) this.#tasks.add(this.#ask());
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#waiting.delete(executionId);
    };
  }

  async stop(): Promise<void> {
    this.#stopListening();
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  async #ask(): Promise<void> {
    const { signal } = this.#stopping;
    this.#asking = true;
    try {
      while (this.#waiting.size > 0 && !signal.aborted) {
        await this.#clock.sleep(rereadMs, signal);
        await this.#reread().catch(() => undefined);
      }
    } finally {
      this.#asking = false;
    }
  }

  async #reread(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const states = await readStates(this.#database, [...this.#waiting.keys()]);
    for (const [id, state] of states) if (isOutcome(state)) this.#tell(id);
  }

  #tell(executionId: string): void {
    for (const listener of this.#waiting.get(executionId) ?? []) listener();
  }
}
