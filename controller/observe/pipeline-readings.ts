/** What the history says of pipelines, kept for a minute each. What it says nothing of is undefined. */
import type { Clock } from "@polyglot/service";

const limits = { freshMs: 60_000, pipelines: 10_000 } as const;

interface Known<Reading> {
  readonly atMs: number;
  readonly reading: Reading | undefined;
}

export class PipelineReadings<Reading extends { readonly pipelineId: string }> {
  readonly #clock: Clock;
  readonly #read: (pipelineIds: readonly string[], nowMs: number) => Promise<Reading[]>;
  readonly #known = new Map<string, Known<Reading>>();

  constructor(clock: Clock, read: (pipelineIds: readonly string[], nowMs: number) => Promise<Reading[]>) {
    this.#clock = clock;
    this.#read = read;
  }

  get(pipelineId: string): Reading | undefined {
    return this.#known.get(pipelineId)?.reading;
  }

  /** Reads what is missing of these, and what is older than a minute. */
  async load(pipelineIds: Iterable<string>): Promise<void> {
    const nowMs = this.#clock.now();
    const stale = [...new Set(pipelineIds)].filter((id) => {
      const known = this.#known.get(id);
      return known === undefined || nowMs - known.atMs >= limits.freshMs;
    });
    if (stale.length === 0) return;
    const found = await this.#read(stale, nowMs);
    const byId = new Map(found.map((one) => [one.pipelineId, one]));
    if (this.#known.size + stale.length > limits.pipelines) this.#known.clear();
    for (const id of stale) this.#known.set(id, { atMs: nowMs, reading: byId.get(id) });
  }
}
