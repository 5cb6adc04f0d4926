import type { Database } from "../store/database.ts";
import { readAttempts, readRunning, type RunningExecution } from "../store/executions.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { RunningAttempt } from "./attempt-result.ts";

const maxRunning = 100_000;

/** The attempts under way: in memory those of the own shards, in the store all of them. */
export class RunningSet {
  readonly #database: Database;
  readonly #plans: PlanCache;
  readonly #attempts = new Map<string, RunningAttempt>();
  #shards: readonly string[] = [];

  constructor(database: Database, plans: PlanCache) {
    this.#database = database;
    this.#plans = plans;
  }

  get size(): number {
    return this.#attempts.size;
  }

  add(attempt: RunningAttempt): void {
    this.#attempts.set(attempt.executionId, attempt);
  }

  remove(attempt: RunningAttempt): void {
    if (this.#attempts.get(attempt.executionId)?.attemptNo === attempt.attemptNo) {
      this.#attempts.delete(attempt.executionId);
    }
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
  async load(shards: readonly string[]): Promise<void> {
    this.#shards = shards;
    const stored = await this.read();
    await this.#plans.load(stored.map((one) => one.planDigest));
    this.#attempts.clear();
    for (const one of stored) this.add(one);
  }

  /** What the store says of the own shards now. */
  async read(): Promise<RunningExecution[]> {
    return this.#shards.length === 0 ? [] : readRunning(this.#database, this.#shards, maxRunning);
  }
}
