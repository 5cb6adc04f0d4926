import { BackgroundTasks, Coalesced, type Logger, type Service } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { objectsChannel } from "../store/objects.ts";
import { queuesChannel, readDeclaredQueues, readQueueStates } from "../store/queue-states.ts";
import { defineQueue, type QueueDefinition } from "./queue-definition.ts";

/** The queues as they are in force now, in memory, followed by notification. Any name is a queue: with the defaults. */
export class QueueRegistry implements Service {
  readonly name = "queue registry";
  readonly #database: Database;
  readonly #tasks: BackgroundTasks;
  readonly #listeners = new Set<(changed: readonly QueueDefinition[]) => void>();
  readonly #stoppers: (() => void)[] = [];
  /** Without the names that nobody declared and nobody spoke of: those are made anew when they are asked for. */
  #queues: ReadonlyMap<string, QueueDefinition> = new Map();
  readonly #reading = new Coalesced(() => this.#read());

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "could not read the queues"));
  }

  /** Those that are declared, or of which somebody said something. */
  get queues(): ReadonlyMap<string, QueueDefinition> {
    return this.#queues;
  }

  of(name: string): QueueDefinition {
    return this.#queues.get(name) ?? defineQueue(name, undefined, undefined);
  }

  /** Called with the queues that are other ones than before. Answers how to end it. */
  onChange(listener: (changed: readonly QueueDefinition[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    const read = () => this.#tasks.add(this.refresh());
    this.#stoppers.push(
      await this.#database.listen(objectsChannel, (kind) => {
        if (kind === undefined || kind === "Queue") read();
      }),
      await this.#database.listen(queuesChannel, read),
    );
    await this.refresh();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stoppers.splice(0)) stop();
    await this.#tasks.drain();
  }

  /** Reads the store; a call while one is under way is answered by the one after it. */
  async refresh(): Promise<void> {
    await this.#reading.run();
  }

  async #read(): Promise<void> {
    const [declared, states] = await Promise.all([readDeclaredQueues(this.#database), readQueueStates(this.#database)]);
    const byName = new Map(declared.map((one) => [one.name, one]));
    const stateOf = new Map(states.map((one) => [one.queue, one]));
    const names = new Set([...byName.keys(), ...stateOf.keys()]);
    this.#replace(new Map([...names].map((name) => [name, defineQueue(name, byName.get(name), stateOf.get(name))])));
  }

  #replace(next: ReadonlyMap<string, QueueDefinition>): void {
    const before = this.#queues;
    this.#queues = next;
    const names = new Set([...before.keys(), ...next.keys()]);
    const changed = [...names].filter((name) => JSON.stringify(before.get(name)) !== JSON.stringify(next.get(name)));
    if (changed.length === 0) return;
    const definitions = changed.map((name) => this.of(name));
    for (const listener of this.#listeners) listener(definitions);
  }
}
