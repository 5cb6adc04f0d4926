/** What a trial's steps ask of a controller, kept in memory for that one trial. */
import { type CanonicalValue, sha256 } from "@polyglot/contracts";
import type { Checkpoints } from "../execute/checkpoints.ts";
import { Refused } from "../stdlib/given.ts";
import type { ControllerCalls } from "../stdlib/controller-calls.ts";

export interface TrialGiven {
  readonly state: Readonly<Record<string, CanonicalValue>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export class TrialWorld {
  readonly #state: Map<string, CanonicalValue>;
  readonly #cache = new Map<string, CanonicalValue>();
  readonly #artifacts = new Map<string, Uint8Array>();
  readonly #secrets: ReadonlyMap<string, string>;
  #started = 0;

  constructor({ state, secrets }: TrialGiven) {
    this.#state = new Map(Object.entries(state));
    this.#secrets = new Map(Object.entries(secrets));
  }

  calls(): ControllerCalls {
    return {
      readState: async (key) => this.#state.get(key),
      writeState: async (key, value) => this.#write(key, value),
      incrementState: async (key, by) => this.#increment(key, by),
      readCache: async (key) => this.#cache.get(key),
      writeCache: async (key, value) => void this.#cache.set(key, value),
      putArtifact: async (name, content) => void this.#artifacts.set(name, content),
      getArtifact: async (name) => this.#artifacts.get(name),
      getSecret: async (name) => this.#secret(name),
      getConnection: async (name) => {
        throw new Refused("DependencyError", `a test has no connection '${name}': stub the step that uses it`);
      },
      startExecution: async (pipelineId, inputs) => this.#start(pipelineId, inputs),
    };
  }

  /** Nothing of a trial outlives it. */
  checkpoints(): Checkpoints {
    return { read: async () => ({ checkpoints: [], decisions: [] }), save: async () => "saved" };
  }

  #write(key: string, value: CanonicalValue | undefined): void {
    if (value === undefined) this.#state.delete(key);
    else this.#state.set(key, value);
  }

  #increment(key: string, by: number): number {
    const before = this.#state.get(key) ?? 0;
    if (typeof before !== "number") throw new Refused("ValidationError", `the state's '${key}' is no int`);
    this.#state.set(key, before + by);
    return before + by;
  }

  #secret(name: string): string {
    const value = this.#secrets.get(name);
    if (value !== undefined) return value;
    throw new Refused("DependencyError", `the test gives no secret '${name}': it stands under 'secrets'`);
  }

  /** No pipeline is started: what it was given is in the trial's calls. */
  #start(pipelineId: string, inputs: CanonicalValue): string {
    this.#started += 1;
    return sha256(JSON.stringify([pipelineId, inputs, this.#started]));
  }
}
