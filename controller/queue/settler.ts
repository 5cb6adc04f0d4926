/** Ends attempts, many in one commit. The database decides whether an attempt still counts. */
import { type Clock, GroupCommit } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { suspendAttempt } from "../store/approvals.ts";
import { type Settlement, settleAttempts } from "../store/executions.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { AttemptResult, RunningAttempt } from "./attempt-result.ts";
import { nextState } from "./next-state.ts";
import { fingerprintOf, parseError } from "../observe/fingerprint.ts";
import type { QueueMetrics, SettledExecution } from "./queue-events.ts";

/** One at a time, for the reason that claims are: see the queue manager's limits. */
const groupLimits = { maxItems: 500, maxConcurrent: 1 } as const;

export class Settler {
  readonly #database: Database;
  readonly #plans: PlanCache;
  readonly #registry: Pick<QueueRegistry, "of">;
  readonly #clock: Clock;
  readonly #metrics: QueueMetrics;
  readonly #onSettled: (settled: readonly SettledExecution[]) => void;
  readonly #commits: GroupCommit<Settlement, boolean>;

  constructor(
    database: Database,
    plans: PlanCache,
    registry: Pick<QueueRegistry, "of">,
    clock: Clock,
    metrics: QueueMetrics,
    onSettled: (settled: readonly SettledExecution[]) => void,
  ) {
    this.#database = database;
    this.#plans = plans;
    this.#registry = registry;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#onSettled = onSettled;
    this.#commits = new GroupCommit((settlements) => this.#commit(settlements), groupLimits);
  }

  /** Whether the result counted; false for a stale attempt, which changed nothing. */
  settle(attempt: RunningAttempt, result: AttemptResult): Promise<boolean> {
    const { outcome } = result;
    return outcome === "waiting" ? this.#suspend(attempt, result) : this.#end(attempt, result, outcome);
  }

  /** Ends an attempt whose agent is gone; what it did is not known. */
  lose(attempt: RunningAttempt, message: string): Promise<boolean> {
    const unknown = { outputs: null, metrics: null, steps: null, exitCode: null, startedAt: null } as const;
    const error = JSON.stringify({ type: "pg\\!RuntimeError", message, trace: "", step: "" });
    const { executionId, attemptNo } = attempt;
    const endedAt = new Date(this.#clock.now());
    const said = { waitsFor: [], isFinal: false, cleanup: "abandoned", error, endedAt } as const;
    return this.#end(attempt, { ...unknown, ...said, executionId, attemptNo }, "lost");
  }

  async drain(): Promise<void> {
    await this.#commits.drain();
  }

  /** On its own: people are slow, so that these never come many at once. */
  async #suspend(attempt: RunningAttempt, result: AttemptResult): Promise<boolean> {
    const { executionId, sessionId } = attempt;
    const counted = await suspendAttempt(this.#database, { ...result, executionId, sessionId });
    if (counted) {
      this.#metrics.settled(attempt, "waiting", processingMsOf(result));
      this.#onSettled([{ executionId, state: "waiting" }]);
    }
    return counted;
  }

  async #end(
    attempt: RunningAttempt,
    result: Omit<AttemptResult, "outcome">,
    outcome: Settlement["outcome"],
  ): Promise<boolean> {
    const settlement = this.#settlement(attempt, result, outcome);
    const counted = await this.#commits.add(settlement);
    if (counted) this.#metrics.settled(attempt, settlement.nextState, processingMsOf(settlement));
    return counted;
  }

  #settlement(
    attempt: RunningAttempt,
    result: Omit<AttemptResult, "outcome">,
    outcome: Settlement["outcome"],
  ): Settlement {
    const { waitsFor: _, isFinal, ...record } = result;
    const { executionId, attemptNo, maxAttempts, sessionId } = attempt;
    const configuration = this.#plans.get(attempt.planDigest)?.plan.queue;
    const isDecided = record.exitCode !== null || isFinal;
    const error = parseError(record.error);
    const ended = { outcome, attemptNo, maxAttempts, isDecided, errorType: error.type };
    const next = nextState(ended, { ...this.#registry.of(attempt.queue).retry, ...configuration?.retry });
    return {
      ...record,
      executionId,
      attemptNo,
      sessionId,
      outcome,
      nextState: next.state,
      dueAt: next.delayMs === null ? null : new Date(this.#clock.now() + next.delayMs),
      deadLetter:
        next.deadLetterReason === null
          ? null
          : {
              reason: next.deadLetterReason,
              queue: configuration?.dead_letter_queue ?? null,
              fingerprint: fingerprintOf(attempt.pipelineId, error),
            },
    };
  }

  async #commit(settlements: readonly Settlement[]): Promise<boolean[]> {
    const settled = await settleAttempts(this.#database, settlements);
    const news = settlements.filter((one) => settled.has(one.executionId));
    if (news.length > 0) {
      this.#onSettled(news.map((one) => ({ executionId: one.executionId, state: one.nextState })));
    }
    return settlements.map((one) => settled.has(one.executionId));
  }
}

/** By its agent's clock. */
function processingMsOf({ startedAt, endedAt }: Pick<Settlement, "startedAt" | "endedAt">): number | undefined {
  return startedAt === null ? undefined : Math.max(0, endedAt.getTime() - startedAt.getTime());
}
