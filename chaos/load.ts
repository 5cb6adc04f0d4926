/** Events that are sent until each is acknowledged, and what was answered: the journal outside of the system. */
import type { JsonObject } from "@bufbuild/protobuf";
import type { Execution } from "@polyglot/contracts/service";
import type { ChaosWorld } from "./chaos-world.ts";
import { patienceMs, pause } from "./wait.ts";

const limits = {
  /** Calls under way at once: while nobody answers, no more is piled up. */
  calls: 20,
  /** Executions asked for at once. */
  readers: 16,
  tickMs: 100,
} as const;

export interface LoadEvent {
  readonly key: string;
  readonly inputs: JsonObject;
}

export class Load {
  readonly #world: ChaosWorld;
  readonly #pipeline: string;
  readonly #acknowledged = new Map<string, string>();
  readonly #violations: string[] = [];
  readonly #calls = new Set<Promise<void>>();
  #isOn = true;

  constructor(world: ChaosWorld, pipeline: string) {
    this.#world = world;
    this.#pipeline = pipeline;
  }

  /** Execution ids by key. */
  get acknowledged(): ReadonlyMap<string, string> {
    return this.#acknowledged;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  /** Sends what `next` gives at each tick, until `stop`. */
  async run(next: () => readonly LoadEvent[]): Promise<void> {
    while (this.#isOn) {
      const events = this.#calls.size < limits.calls ? next() : [];
      if (events.length > 0) this.#start(events);
      await pause(limits.tickMs);
    }
    await Promise.all(this.#calls);
  }

  stop(): void {
    this.#isOn = false;
  }

  /** Sends one event; answers its execution. */
  async send(event: LoadEvent): Promise<string> {
    await this.#send([event]);
    return this.#acknowledged.get(event.key) ?? "";
  }

  /** Executions with their outcomes, by key. One that the store lacks, or that gets none, is a violation. */
  async outcomes(): Promise<ReadonlyMap<string, Execution>> {
    const outcomes = new Map<string, Execution>();
    const open = [...this.#acknowledged];
    const deadline = performance.now() + patienceMs;
    const read = async () => {
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const [key, id] = next;
        try {
          outcomes.set(key, await this.#world.outcome(id, deadline));
        } catch (error) {
          this.#violations.push(`${key} was acknowledged as ${id}: ${(error as Error).message}`);
        }
      }
    };
    await Promise.all(Array.from({ length: limits.readers }, read));
    return outcomes;
  }

  #start(events: readonly LoadEvent[]): void {
    const call = this.#send(events).catch((error: unknown) => {
      this.#violations.push(`${events[0]?.key} and its like were answered with ${(error as Error).message}`);
    });
    this.#calls.add(call);
    void call.then(() => this.#calls.delete(call));
  }

  async #send(events: readonly LoadEvent[]): Promise<void> {
    const sent = events.map(({ key, inputs }) => ({
      pipelineId: this.#world.pipelineId(this.#pipeline),
      inputs,
      dedupeKey: key,
      triggerContext: { of: key },
    }));
    const { results } = await this.#world.ask((call) => call.activate({ events: sent }, { timeoutMs: 15_000 }));
    for (const [at, { key }] of events.entries()) {
      const result = results[at];
      if (result === undefined || result.decision === "refused") {
        this.#violations.push(`${key} was refused: ${result?.error?.message ?? "no answer"}`);
      } else this.#acknowledged.set(key, result.executionId);
    }
  }
}
