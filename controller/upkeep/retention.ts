/**
 * Removes what is old, in small batches, on the controller that holds the shard `upkeep`. Two at once would remove the
 * same rows, which harms nothing: that is why these writes carry no term.
 */
import { type Clock, type Logger, Rounds, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import { defaultKeepMs, readKeepTimes } from "../queue/dead-letter-retention.ts";
import type { Database } from "../store/database.ts";
import { expireDeadLetters } from "../store/dead-letters.ts";
import {
  type Removal,
  removeDeadControllers,
  removeDeadTokens,
  removeEndedCalls,
  removeOldActivationLog,
  removeOldEventKeys,
  removeOldEvents,
  removeOldExecutions,
  removeOldHostHistory,
  removeOldMetrics,
  removeOldNotifications,
  removeOldQueueHistory,
} from "../store/retention.ts";

const dayMs = 86_400_000;

interface Rule {
  readonly what: string;
  readonly keepMs: number;
  readonly remove: Removal;
}

const rules: readonly Rule[] = [
  { what: "executions", keepMs: 30 * dayMs, remove: removeOldExecutions },
  { what: "occurrences", keepMs: 30 * dayMs, remove: removeOldActivationLog },
  // They count until their own end.
  { what: "keys", keepMs: 0, remove: removeOldEventKeys },
  { what: "calls", keepMs: 0, remove: removeEndedCalls },
  { what: "metrics", keepMs: 90 * dayMs, remove: removeOldMetrics },
  // Fourteen figures a minute of each host: far more rows than what pipelines cost.
  { what: "hosts", keepMs: 14 * dayMs, remove: removeOldHostHistory },
  { what: "queues", keepMs: 90 * dayMs, remove: removeOldQueueHistory },
  { what: "notifications", keepMs: 30 * dayMs, remove: removeOldNotifications },
  { what: "events", keepMs: 30 * dayMs, remove: removeOldEvents },
  { what: "tokens", keepMs: 7 * dayMs, remove: removeDeadTokens },
  { what: "controllers", keepMs: dayMs, remove: removeDeadControllers },
];

const limits = {
  /** Rows of one statement: short enough that nothing waits for it. */
  batch: 1_000,
  periodMs: 3_600_000,
} as const;

export class Retention implements Service {
  readonly name = "retention";
  readonly #database: Database;
  readonly #holder: Pick<ShardHolder, "termOf">;
  readonly #clock: Clock;
  readonly #rounds: Rounds;

  constructor(database: Database, holder: Pick<ShardHolder, "termOf">, clock: Clock, logger: Logger) {
    this.#database = database;
    this.#holder = holder;
    this.#clock = clock;
    this.#rounds = new Rounds({
      clock,
      round: async () => {
        logger.debug({ removed: await this.runOnce() }, "removed what is old");
        return limits.periodMs;
      },
      onError: (error) => {
        logger.warn({ error }, "could not remove what is old");
        return limits.periodMs;
      },
    });
  }

  async start(): Promise<void> {
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  /** Answers how much of each was removed; nothing where another controller holds the shard. */
  async runOnce(): Promise<Readonly<Record<string, number>>> {
    const removed: Record<string, number> = {};
    const deadLetters = await this.#expireDeadLetters();
    for (const rule of rules) removed[rule.what] = await this.#apply(rule);
    return { deadLetters, ...removed };
  }

  /** Open ones as old as their queue keeps them: with that they are executions as all others. */
  async #expireDeadLetters(): Promise<number> {
    const now = this.#clock.now();
    const keepTimes = await readKeepTimes(this.#database);
    const retentions = [...keepTimes].map(([queue, keepMs]) => ({ queue, before: new Date(now - keepMs) }));
    const others = { before: new Date(now - defaultKeepMs), at: new Date(now) };
    return this.#inBatches((limit) => expireDeadLetters(this.#database, retentions, { ...others, limit }));
  }

  #apply({ keepMs, remove }: Rule): Promise<number> {
    const before = new Date(this.#clock.now() - keepMs);
    return this.#inBatches((limit) => remove(this.#database, before, limit));
  }

  async #inBatches(once: (limit: number) => Promise<number>): Promise<number> {
    let total = 0;
    let batch: number = limits.batch;
    while (batch === limits.batch && this.#holder.termOf("upkeep") !== undefined && !this.#rounds.signal.aborted) {
      batch = await once(limits.batch);
      total += batch;
    }
    return total;
  }
}
