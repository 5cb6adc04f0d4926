/**
 * All warm workers of a host, in groups. At the host's limit the least recently used idle worker ends for a group that
 * needs one; where none is idle, the next that becomes so goes from a group that has more.
 */
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { PoolCall, PoolReply } from "./pool-call.ts";
import type { PoolLimits } from "./pool-limits.ts";
import { Processors } from "./processors.ts";
import { type Host, type Launched, WorkerGroup } from "./worker-group.ts";

export interface GroupDefinition {
  /** Calls with the same key may share a process. */
  readonly key: string;
  launch(): Promise<Launched>;
}

export class WorkerPool implements Service, Host {
  readonly name = "worker pool";
  readonly #limits: PoolLimits;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #groups = new Map<string, WorkerGroup>();
  readonly #tasks: BackgroundTasks;
  readonly #processors: Pick<Processors, "areBusy">;
  #running: AbortController | undefined;

  constructor(
    limits: PoolLimits,
    clock: Clock,
    logger: Logger,
    processors: Pick<Processors, "areBusy"> = new Processors(clock),
  ) {
    this.#processors = processors;
    this.#limits = limits;
    this.#clock = clock;
    this.#logger = logger;
    this.#tasks = new BackgroundTasks((error) => this.#logger.error({ error }, "worker pool"));
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    this.#tasks.add(this.#endIdle(this.#running.signal));
  }

  async stop(): Promise<void> {
    this.#running?.abort();
    this.#running = undefined;
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    this.#groups.clear();
    await this.#tasks.drain();
  }

  call(definition: GroupDefinition, call: PoolCall): Promise<PoolReply> {
    if (this.#running === undefined) return Promise.resolve({ kind: "stopped" });
    return this.#group(definition).call(call);
  }

  /** Worker processes, those that start included. */
  get size(): number {
    let size = 0;
    for (const group of this.#groups.values()) size += group.size;
    return size;
  }

  get isBusy(): boolean {
    return this.#processors.areBusy;
  }

  makeRoom(group: WorkerGroup): boolean {
    if (this.size < this.#limits.maxWorkers) return true;
    const idle = [...this.#groups.values()]
      .filter((other) => other !== group)
      .flatMap((other) => other.idleWorkers.map((worker) => ({ other, worker })));
    const [oldest] = idle.sort((a, b) => a.worker.idleSince - b.worker.idleSince);
    oldest?.other.end(oldest.worker);
    return oldest !== undefined;
  }

  takesPlaceOf(group: WorkerGroup): boolean {
    if (this.size < this.#limits.maxWorkers) return false;
    const starved = [...this.#groups.values()].find((other) => other !== group && other.isStarved);
    if (starved === undefined) return false;
    // The place is free once this worker has left the count, which is in this turn of the event loop.
    queueMicrotask(() => starved.dispatch());
    return true;
  }

  #group(definition: GroupDefinition): WorkerGroup {
    const known = this.#groups.get(definition.key);
    if (known !== undefined) return known;
    const group = new WorkerGroup(
      definition.key,
      () => definition.launch(),
      this.#limits,
      this.#clock,
      this,
      (error) => this.#logger.error({ error, group: definition.key }, "worker group"),
    );
    this.#groups.set(definition.key, group);
    return group;
  }

  async #endIdle(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(this.#limits.idleMs / 2, signal);
      for (const [key, group] of this.#groups) {
        group.endIdle();
        if (group.isEmpty) this.#groups.delete(key);
      }
    }
  }
}
