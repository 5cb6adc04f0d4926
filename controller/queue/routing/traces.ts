import type { NativeLanguage } from "@polyglot/contracts";

const limits = {
  /** Pipelines of which it is kept where they ran last. */
  pipelines: 10_000,
  /** So long an agent keeps idle processes of a language. Milliseconds. */
  warmMs: 900_000,
} as const;

interface Place {
  readonly agentId: string;
  readonly host: string;
}

/** What choices before leave behind for those to come. In memory alone: it says what is better, never what is allowed. */
export class Traces {
  readonly #last = new Map<string, Place>();
  readonly #ranAt = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  readonly #now: () => number;
  /** How many executions of a pipeline run on agents whose label has a value. */
  readonly running: (pipelineId: string, label: string, value: string) => number;
  #turn = 0;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number, running: Traces["running"]) {
    this.#now = now;
    this.running = running;
  }

  note(pipelineId: string, languages: readonly NativeLanguage[], place: Place): void {
    this.#turns.set(place.agentId, (this.#turn += 1));
    this.#last.delete(pipelineId);
    this.#last.set(pipelineId, place);
    if (this.#last.size > limits.pipelines) this.#last.delete(this.#last.keys().next().value ?? "");
    for (const language of languages) this.#ranAt.set(`${place.agentId}\n${language}`, this.#now());
  }

  last(pipelineId: string): Place | undefined {
    return this.#last.get(pipelineId);
  }

  /** Of the languages, those that have run there a short while ago. */
  warmth(agentId: string, languages: readonly NativeLanguage[]): number {
    const since = this.#now() - limits.warmMs;
    return languages.filter((language) => (this.#ranAt.get(`${agentId}\n${language}`) ?? -Infinity) >= since).length;
  }

  /** 0 for one that had none. */
  lastTurn(agentId: string): number {
    return this.#turns.get(agentId) ?? 0;
  }
}
