/**
 * Holds this controller's shards by leases with terms. A shard is
 *
 *     free ──hold──> held at term n ──renew──> held at term n
 *                        └── lease not renewed in time ──> free (here at once, elsewhere when the database says so)
 *
 * It drops its shards by its own monotonic clock before the database gives them to another; the database refuses writes
 * of an older term all the same, so a clock that stands still harms nobody.
 */
import { defaults } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import type { HeldShard } from "../store/executions.ts";
import {
  holdShards,
  type LiveController,
  liveControllers,
  releaseController,
  releasePredecessors,
  renewController,
  seedShards,
} from "../store/shards.ts";
import { allShards, shardsOf } from "./shard-names.ts";

/** Rounds between two looks at who else is there: others come and go seldom, and a round costs a query. */
const roundsPerCensus = 3;

export interface ShardHolderOptions {
  /** Of this process alone. */
  readonly controllerId: string;
  /** What the ids of earlier processes of the same controller begin with: their leases need not run out. */
  readonly family?: string;
  /** Where agents and other controllers reach this one. */
  readonly url: string;
  readonly leaseMs?: number;
  readonly renewMs?: number;
}

export class ShardHolder implements Service {
  readonly name = "shard holder";
  readonly controllerId: string;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #url: string;
  readonly #family: string | undefined;
  readonly #leaseMs: number;
  readonly #renewMs: number;
  readonly #listeners = new Set<(held: readonly HeldShard[]) => void>();
  readonly #censusListeners = new Set<() => void>();
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  #held: readonly HeldShard[] = [];
  #live: readonly LiveController[] = [];
  #round = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #running = false;

  constructor(database: Database, clock: Clock, logger: Logger, options: ShardHolderOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
    this.controllerId = options.controllerId;
    this.#url = options.url;
    this.#family = options.family;
    this.#leaseMs = options.leaseMs ?? defaults.leaseMs;
    this.#renewMs = options.renewMs ?? defaults.renewMs;
    this.#tasks = new BackgroundTasks((error) => logger.error({ error }, "the shard holder failed"));
  }

  /** What it may act on now. */
  get held(): readonly HeldShard[] {
    this.#dropWhenStale();
    return this.#held;
  }

  /** Term at which it holds the shard; undefined when it does not. */
  termOf(shard: string): number | undefined {
    return this.held.find((held) => held.shard === shard)?.term;
  }

  /** All controllers with a lease, this one included, as of the last census. */
  get liveControllers(): readonly LiveController[] {
    return this.#live;
  }

  /** Called with all that is held whenever that changes. Answers how to end it. */
  onChange(listener: (held: readonly HeldShard[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when controllers came or went. Answers how to end it. */
  onCensus(listener: () => void): () => void {
    this.#censusListeners.add(listener);
    return () => this.#censusListeners.delete(listener);
  }

  async start(): Promise<void> {
    await seedShards(this.#database, allShards);
    if (this.#family !== undefined) await releasePredecessors(this.#database, this.#family);
    await renewController(this.#database, this.controllerId, this.#url, this.#leaseMs);
    await this.#renew();
    this.#running = true;
    this.#tasks.add(this.#loop());
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#stopping.abort();
    await this.#tasks.drain();
    this.#set([]);
    await releaseController(this.#database, this.controllerId).catch((error: unknown) =>
      this.#logger.warn({ error }, "could not give the shards back; their leases run out"),
    );
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.sleep(this.#renewMs, signal);
      if (signal.aborted) return;
      await this.#renew().catch((error: unknown) => this.#logger.warn({ error }, "could not renew the shards"));
      this.#dropWhenStale();
    }
  }

  async #renew(): Promise<void> {
    if (this.#round % roundsPerCensus === 0) {
      const live = await liveControllers(this.#database);
      // A lease that ran out while this process was stopped took its row along.
      if (!live.some((one) => one.controller_id === this.controllerId)) {
        await renewController(this.#database, this.controllerId, this.#url, this.#leaseMs);
      }
      this.#meet(live);
    }
    this.#round += 1;
    const sentAt = this.#clock.monotonic();
    const wanted = shardsOf(
      this.controllerId,
      this.#live.map((one) => one.controller_id),
    );
    const held = await holdShards(this.#database, this.controllerId, wanted, this.#leaseMs);
    this.#renewedAt = sentAt;
    this.#set(held);
  }

  #meet(live: readonly LiveController[]): void {
    const namesOf = (all: readonly LiveController[]) => all.map((one) => `${one.controller_id} ${one.url}`).join();
    const isSame = namesOf(live) === namesOf(this.#live);
    this.#live = live;
    if (!isSame) for (const listener of this.#censusListeners) listener();
  }

  #dropWhenStale(): void {
    if (this.#held.length > 0 && this.#clock.monotonic() - this.#renewedAt > this.#leaseMs) this.#set([]);
  }

  #set(held: readonly HeldShard[]): void {
    const sorted = [...held].sort((a, b) => (a.shard < b.shard ? -1 : 1));
    const same = sorted.length === this.#held.length && sorted.every((one, at) => sameShard(one, this.#held[at]));
    this.#held = sorted;
    if (!same) for (const listener of this.#listeners) listener(sorted);
  }
}

const sameShard = (a: HeldShard, b: HeldShard | undefined): boolean => a.shard === b?.shard && a.term === b.term;
