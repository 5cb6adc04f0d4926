/**
 * Answers what an execution waits for, whichever controller owns its queue: from rows, and from the agents that have a
 * stream to this one. Seven bounded queries, however much waits.
 */
import type { Clock } from "@polyglot/service";
import { RunEstimates } from "../../observe/run-estimates.ts";
import { type QueueDefinition, weightOf } from "../../registry/queue-definition.ts";
import type { QueueRegistry } from "../../registry/queue-registry.ts";
import type { Database } from "../../store/database.ts";
import { readShares } from "../../store/listings.ts";
import type { PlanCache } from "../../store/plan-cache.ts";
import { readMetersOfQueue } from "../../store/queue-meters.ts";
import { readOneWaiting, type WaitingExecution } from "../../store/waiting.ts";
import { countBefore, type LineOrder, readPlaces, readStarts } from "../../store/waits.ts";
import { Meters } from "../meters.ts";
import type { Router } from "../routing/router.ts";
import { keyRates, ownRates, queueRates } from "../start-gates.ts";
import type { ShareStanding } from "../share-standing.ts";
import { explainWait } from "./explain-wait.ts";
import type { Wait } from "./wait.ts";
import type { WaitFacts } from "./wait-facts.ts";

const limits = {
  /** Starts of so long ago say how fast a line moves. */
  startsMs: 60_000,
} as const;

export interface WaitExplainerParts {
  readonly database: Database;
  readonly registry: QueueRegistry;
  readonly plans: PlanCache;
  readonly router: Router;
  readonly clock: Clock;
  readonly connected: () => number;
}

export class WaitExplainer {
  readonly #parts: WaitExplainerParts;
  readonly #estimates: RunEstimates;

  constructor(parts: WaitExplainerParts) {
    this.#parts = parts;
    this.#estimates = new RunEstimates(parts.database, parts.clock);
  }

  /** Undefined where it does not wait for a start. */
  async explain(executionId: string): Promise<Wait | undefined> {
    const execution = await readOneWaiting(this.#parts.database, executionId);
    if (execution === undefined || !Number.isFinite(execution.dueAtMs)) return undefined;
    return explainWait(await this.#factsOf(execution));
  }

  async #factsOf(execution: WaitingExecution): Promise<WaitFacts> {
    const { database, registry, plans, clock } = this.#parts;
    const definition = registry.of(execution.queue);
    const nowMs = clock.now();
    const { planDigest, pipelineId } = execution;
    await Promise.all([plans.load([planDigest]), this.#estimates.load([pipelineId])]);
    await this.#parts.router.learn([execution]);
    const lines = plans.get(planDigest)?.plan.queue;
    const rates = [
      ...[...queueRates(definition), ...ownRates(pipelineId, lines)],
      ...(execution.rateKey === null ? [] : keyRates(definition, execution.rateKey)),
    ];
    const [places, before, starts, sharers, readings] = await Promise.all([
      readPlaces(database, execution),
      countBefore(database, execution, orderOf(definition), nowMs),
      readStarts(database, execution, nowMs - limits.startsMs, nowMs),
      this.#sharersOf(execution, definition),
      rates.length === 0
        ? []
        : readMetersOfQueue(
            database,
            definition.name,
            rates.map(({ meter }) => meter),
          ),
    ]);
    const meters = new Meters();
    for (const { meter, value } of readings) meters.raise(meter, value);
    const estimate = this.#estimates.get(pipelineId);
    const agents = this.#agentsFor(execution, definition);
    return { nowMs, execution, definition, lines, meters, places, before, starts, sharers, estimate, agents };
  }

  async #sharersOf({ queue, shareKey }: WaitingExecution, definition: QueueDefinition): Promise<ShareStanding[]> {
    if (shareKey === null) return [];
    const rows = await readShares(this.#parts.database, [queue]);
    return rows.map(({ name, waiting, running }) => ({ name, waiting, running, weight: weightOf(definition, name) }));
  }

  #agentsFor(execution: WaitingExecution, definition: QueueDefinition): WaitFacts["agents"] {
    const { router, connected } = this.#parts;
    return { connected: connected(), refusals: router.explain(execution, definition) ?? [] };
  }
}

function orderOf({ spec, ageing }: QueueDefinition): LineOrder {
  if (spec.type === "lifo") return { by: "last" };
  if (spec.type !== "priority" || ageing?.max === undefined) return { by: "first" };
  return { by: "aged", most: ageing.max, gain: ageing.by, everyMs: ageing.everyMs };
}
