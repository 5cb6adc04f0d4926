import type { Database } from "../store/database.ts";
import { readAttempts, readRunning, type RunningExecution } from "../store/executions.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { RunningAttempt } from "./attempt-result.ts";
import type { SlotLedger, SlotUser } from "./slot-ledger.ts";

const maxRunning = 100_000;

export interface RunningListener {
  /** They are about to begin: loads what that needs. */
  prepare(attempts: readonly RunningExecution[]): Promise<void>;
  onBegan(attempt: RunningAttempt): void;
  /** Nothing of it runs any more, or it never did. */
  onEnded(executionId: string): void;
  /** A place is free, in the queue of whoever had it. */
  onFreed(user: SlotUser): void;
}

/** The attempts under way: in memory those of the own shards, with the places that they take; in the store all of them. */
export class RunningSet {
  readonly #database: Database;
  readonly #plans: PlanCache;
  readonly #slots: SlotLedger;
  readonly #listener: RunningListener;
  readonly #attempts = new Map<string, RunningAttempt>();
  #shards: readonly string[] = [];

  constructor(database: Database, plans: PlanCache, slots: SlotLedger, listener: RunningListener) {
    this.#database = database;
    this.#plans = plans;
    this.#slots = slots;
    this.#listener = listener;
  }

  get size(): number {
    return this.#attempts.size;
  }

  add(attempt: RunningAttempt): void {
    this.#attempts.set(attempt.executionId, attempt);
    this.#slots.take(attempt);
    this.#listener.onBegan(attempt);
  }

  remove(attempt: RunningAttempt): void {
    if (this.#attempts.get(attempt.executionId)?.attemptNo !== attempt.attemptNo) return;
    this.#attempts.delete(attempt.executionId);
    const user = this.#slots.give(attempt.executionId);
    this.#listener.onEnded(attempt.executionId);
    if (user !== undefined) this.#listener.onFreed(user);
  }

  /** Its agent has said that it has it. */
  confirm(executionId: string): void {
    const attempt = this.#attempts.get(executionId);
    if (attempt !== undefined) this.#attempts.set(executionId, { ...attempt, known: "named" });
  }

  /** Sessions with an attempt that this controller did not send, and that no agent has named to it. */
  get strangers(): ReadonlySet<string> {
    const unknown = [...this.#attempts.values()].filter((one) => one.known === undefined);
    return new Set(unknown.map((one) => one.sessionId));
  }

  peek(executionId: string): RunningAttempt | undefined {
    return this.#attempts.get(executionId);
  }

  /** The attempt if it still runs; asks the store for one that another controller dispatched. */
  async find(executionId: string, attemptNo: number): Promise<RunningAttempt | undefined> {
    const known = this.#attempts.get(executionId);
    if (known !== undefined) return known.attemptNo === attemptNo ? known : undefined;
    const [stored] = await readAttempts(this.#database, [executionId]);
    if (stored === undefined || stored.attemptNo !== attemptNo) return undefined;
    await this.#plans.load([stored.planDigest]);
    return stored;
  }

  /** Makes memory what the store says of these shards. */
  async load(shards: readonly string[], isClaiming: (executionId: string) => boolean): Promise<void> {
    this.#shards = shards;
    const before = this.snapshot(isClaiming);
    const stored = await this.read();
    await this.#plans.load(stored.map((one) => one.planDigest));
    await this.#listener.prepare(stored);
    for (const one of stored) if (this.#attempts.get(one.executionId)?.attemptNo !== one.attemptNo) this.add(one);
    this.repair(before, stored);
  }

  /** Who runs here, as far as the store has it by now: what `repair` takes places from, once the store has been read. */
  snapshot(isClaiming: (executionId: string) => boolean): ReadonlySet<string> {
    return new Set([...this.#slots.users, ...this.#attempts.keys()].filter((id) => !isClaiming(id)));
  }

  /**
   * Forgets those that do not run in the store, though they did before it was read: another controller settled them, or
   * their claim came to nothing. Answers how many had a place.
   */
  repair(before: ReadonlySet<string>, stored: readonly SlotUser[]): number {
    const running = new Set(stored.map((one) => one.executionId));
    let freed = 0;
    for (const id of before) {
      if (running.has(id)) continue;
      this.#attempts.delete(id);
      const user = this.#slots.give(id);
      this.#listener.onEnded(id);
      if (user === undefined) continue;
      freed += 1;
      this.#listener.onFreed(user);
    }
    return freed;
  }

  /** What the store says of the own shards now. */
  async read(): Promise<RunningExecution[]> {
    return this.#shards.length === 0 ? [] : readRunning(this.#database, this.#shards, maxRunning);
  }
}
