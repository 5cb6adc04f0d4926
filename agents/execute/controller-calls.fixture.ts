/** A controller's side of what steps ask, in memory: what is real about it is tested where there is a controller. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { CallingStep, ControllerCalls, NamedConnection } from "../stdlib/controller-calls.ts";
import { Refused } from "../stdlib/given.ts";

export class ControllerCallsFixture {
  /** By execution, pipeline and key: executions of a test share nothing. */
  readonly state = new Map<string, CanonicalValue>();
  readonly cache = new Map<string, CanonicalValue>();
  readonly artifacts = new Map<string, Uint8Array>();
  readonly secrets = new Map<string, string>();
  readonly connections = new Map<string, NamedConnection>();
  readonly started: { readonly pipelineId: string; readonly inputs: CanonicalValue }[] = [];
  /** `node#sequence` of each call, in order. */
  readonly calls: string[] = [];

  of(step: CallingStep): ControllerCalls {
    const place = (key: string) => {
      this.calls.push(`${step.node}#${step.nextSequence()}`);
      return `${step.attempt().executionId}\n${step.pipelineId}\n${key}`;
    };
    return {
      readState: async (key) => this.state.get(place(key)),
      writeState: async (key, value) => {
        const at = place(key);
        if (value === undefined) this.state.delete(at);
        else this.state.set(at, value);
      },
      incrementState: async (key, by) => {
        const at = place(key);
        const before = this.state.get(at) ?? 0;
        if (typeof before !== "number") throw new Refused("ValidationError", `the state's '${key}' is no int`);
        this.state.set(at, before + by);
        return before + by;
      },
      readCache: async (key) => this.cache.get(place(key)),
      writeCache: async (key, value) => void this.cache.set(place(key), value),
      putArtifact: async (name, content) => void this.artifacts.set(`${step.attempt().executionId}/${name}`, content),
      getArtifact: async (name, executionId = step.attempt().executionId) =>
        this.artifacts.get(`${executionId}/${name}`),
      getSecret: async (name) => {
        place(name);
        const value = this.secrets.get(name);
        if (value === undefined) throw new Refused("DependencyError", `no Secret '${name}' is declared`);
        return value;
      },
      getConnection: async (name) => {
        place(name);
        const found = this.connections.get(name);
        if (found === undefined) throw new Refused("DependencyError", `no Connection '${name}' is declared`);
        return found;
      },
      startExecution: async (pipelineId, inputs) => {
        this.started.push({ pipelineId, inputs });
        return `execution of ${pipelineId}`;
      },
    };
  }
}
