/**
 * Ends the backpressure of own queues once no more wait than their low mark. Activations begin it, in their transaction;
 * what waits leaves in many ways, so that as long as a queue is pressed its depth is looked at, and never else.
 */
import type { BackgroundTasks, Clock } from "@polyglot/service";
import { shardOfQueue } from "../leader/shard-names.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import type { Database } from "../store/database.ts";
import { countWaiting, pressQueues } from "../store/queue-states.ts";

const periodMs = 200;

export class Pressure {
  readonly #database: Database;
  readonly #registry: QueueRegistry;
  readonly #clock: Clock;
  readonly #tasks: BackgroundTasks;
  #shards: ReadonlySet<string> = new Set();
  #stopping = new AbortController();
  #isLooking = false;

  constructor(database: Database, registry: QueueRegistry, clock: Clock, tasks: BackgroundTasks) {
    this.#database = database;
    this.#registry = registry;
    this.#clock = clock;
    this.#tasks = tasks;
  }

  follow(shards: readonly string[]): void {
    this.#shards = new Set(shards);
    this.look();
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Queues may be pressed that were not. */
  look(): void {
    if (this.#isLooking || this.#stopping.signal.aborted || this.#pressed().length === 0) return;
    this.#isLooking = true;
    this.#tasks.add(this.#loop().finally(() => (this.#isLooking = false)));
  }

  async runOnce(): Promise<void> {
    const asked = this.#pressed().map(({ name, backpressure }) => ({ queue: name, low: backpressure?.low ?? 0 }));
    const waiting = await countWaiting(
      this.#database,
      asked.map(({ queue, low }) => ({ queue, atMost: low + 1 })),
    );
    const relieved = asked.filter(({ queue, low }) => (waiting.get(queue) ?? 0) <= low).map(({ queue }) => queue);
    if (relieved.length === 0) return;
    await pressQueues(this.#database, relieved, false, new Date(this.#clock.now()));
    await this.#registry.refresh();
  }

  #pressed() {
    return [...this.#registry.queues.values()].filter(
      ({ name, isPressed }) => isPressed && this.#shards.has(shardOfQueue(name)),
    );
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted && this.#pressed().length > 0) {
      await this.runOnce();
      await this.#clock.sleep(periodMs, signal);
    }
  }
}
