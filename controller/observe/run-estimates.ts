/** How long runs of pipelines take, by the history of the last day. A pipeline that never ran has no estimate. */
import type { Clock } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { readRunEstimates, type RunEstimate } from "../store/run-estimates.ts";

const limits = { sinceMs: 86_400_000, freshMs: 60_000, pipelines: 10_000 } as const;

export class RunEstimates {
  readonly #database: Queryable;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly atMs: number; readonly estimate: RunEstimate | undefined }>();

  constructor(database: Queryable, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  get(pipelineId: string): RunEstimate | undefined {
    return this.#known.get(pipelineId)?.estimate;
  }

  /** Reads what is missing of these, and what is older than a minute. */
  async load(pipelineIds: Iterable<string>): Promise<void> {
    const nowMs = this.#clock.now();
    const stale = [...new Set(pipelineIds)].filter((id) => {
      const known = this.#known.get(id);
      return known === undefined || nowMs - known.atMs >= limits.freshMs;
    });
    if (stale.length === 0) return;
    const found = await readRunEstimates(this.#database, stale, new Date(nowMs - limits.sinceMs));
    const byId = new Map(found.map((one) => [one.pipelineId, one]));
    if (this.#known.size + stale.length > limits.pipelines) this.#known.clear();
    for (const id of stale) this.#known.set(id, { atMs: nowMs, estimate: byId.get(id) });
  }
}
