/** From what steps ask of the controller to the methods that the link calls. */
import { ConnectError } from "@connectrpc/connect";
import { type CanonicalValue, isConnectionType } from "@polyglot/contracts";
import { ApiErrorSchema, type Credentials } from "@polyglot/contracts/service";
import { CallGivenUp } from "../link/attempt-calls.ts";
import type { Link } from "../link/link.ts";
import type {
  CallingStep,
  ConnectionCredentials,
  ControllerCalls,
  NamedConnection,
} from "../stdlib/controller-calls.ts";
import { Refused } from "../stdlib/given.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What one step may ask. */
export class StepCalls implements ControllerCalls {
  readonly #link: Pick<Link, "ask" | "sessionId">;
  readonly #step: CallingStep;

  constructor(link: Pick<Link, "ask" | "sessionId">, step: CallingStep) {
    this.#link = link;
    this.#step = step;
  }

  async readState(key: string): Promise<CanonicalValue | undefined> {
    const { value } = await this.#ask((client, step, options) => client.readState({ step, key }, options));
    return value === undefined ? undefined : decodeValue(value);
  }

  async writeState(key: string, value: CanonicalValue | undefined): Promise<void> {
    const given = value === undefined ? {} : { value: encodeValue(value) };
    await this.#ask((client, step, options) => client.writeState({ step, key, ...given }, options));
  }

  async incrementState(key: string, by: number): Promise<number> {
    const request = { key, by: BigInt(by) };
    const { value } = await this.#ask((client, step, options) => client.incrementState({ step, ...request }, options));
    return Number(value);
  }

  async readCache(key: string): Promise<CanonicalValue | undefined> {
    const { value } = await this.#ask((client, step, options) => client.readCache({ step, key }, options));
    return value === undefined ? undefined : decodeValue(value);
  }

  async writeCache(key: string, given: CanonicalValue, validMs: number): Promise<void> {
    const value = encodeValue(given);
    await this.#ask((client, step, options) => client.writeCache({ step, key, value, validMs }, options));
  }

  async putArtifact(name: string, content: Uint8Array): Promise<void> {
    await this.#ask((client, step, options) => client.putArtifact({ step, name, content }, options));
  }

  async getArtifact(name: string, executionId = ""): Promise<Uint8Array | undefined> {
    const request = { name, executionId };
    const { content } = await this.#ask((client, step, options) => client.getArtifact({ step, ...request }, options));
    return content;
  }

  async getSecret(name: string): Promise<string> {
    return (await this.#ask((client, step, options) => client.getSecret({ step, name }, options))).value;
  }

  async getConnection(name: string): Promise<NamedConnection> {
    const answer = await this.#ask((client, step, options) => client.getConnection({ step, name }, options));
    const { type, url, tlsEnabled, credentials } = answer;
    if (!isConnectionType(type)) {
      throw new Refused("ConfigError", `Connection '${name}' is of type ${type}, which this agent cannot connect to`);
    }
    return { type, url, tlsEnabled, credentials: credentials && credentialsOf(credentials) };
  }

  async startExecution(pipelineId: string, given: CanonicalValue): Promise<string> {
    const request = { pipelineId, inputs: encodeValue(given) };
    const answer = await this.#ask((client, step, options) => client.startExecution({ step, ...request }, options));
    return answer.executionId;
  }

  async #ask<Answer>(ask: Ask<Answer>): Promise<Answer> {
    const sequence = this.#step.nextSequence();
    for (;;) {
      const step = this.#stepNow(sequence);
      try {
        return await this.#link.ask(step, this.#step.signal, (client, options) => ask(client, step, options));
      } catch (error) {
        // A branch that has become an execution of its own meanwhile: for the attempt that it was of, nothing was done.
        const hasMoved = this.#step.attempt().executionId !== step.executionId;
        if (!hasMoved || codeOf(error) !== "attempt/stale") throw refusalOf(error);
      }
    }
  }

  #stepNow(sequence: number): Step {
    const { executionId, attemptNo } = this.#step.attempt();
    const { pipelineId, node } = this.#step;
    return { executionId, attemptNo, sessionId: this.#link.sessionId, pipelineId, nodeId: node, sequence };
  }
}

type LinkAsk = Parameters<Link["ask"]>[2];
interface Step {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly pipelineId: string;
  readonly sessionId: string;
  readonly nodeId: string;
  readonly sequence: number;
}
type Ask<Answer> = (client: Parameters<LinkAsk>[0], step: Step, options: Parameters<LinkAsk>[1]) => Promise<Answer>;

/** What people can mend has a type of its own; the rest says that the call came to nothing. */
const errorTypes: Readonly<Record<string, string>> = {
  "request/invalid": "ValidationError",
  "request/too-large": "ResourceError",
  "input/missing": "ValidationError",
  "input/unknown": "ValidationError",
  "input/type": "ValidationError",
  "pipeline/unknown": "DependencyError",
  "pipeline/ambiguous": "DependencyError",
  "pipeline/not-ready": "DependencyError",
  "execution/unknown": "ValidationError",
  "connection/unknown": "DependencyError",
  "secret/unknown": "DependencyError",
  "secret/no-value": "ConfigError",
  "auth/forbidden": "PermissionError",
  "state/kind": "ValidationError",
  "attempt/stale": "KilledError",
};

function credentialsOf({ secret, user, proof }: Credentials): ConnectionCredentials {
  const password = proof.case === "password" ? proof.value : undefined;
  return { secret, user, password, token: proof.case === "token" ? proof.value : undefined };
}

function refusalOf(error: unknown): unknown {
  if (error instanceof CallGivenUp) return new Refused("KilledError", error.message);
  if (!(error instanceof ConnectError)) return error;
  const type = errorTypes[codeOf(error) ?? ""] ?? "RuntimeError";
  return new Refused(type, detailOf(error)?.message ?? error.rawMessage);
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof ConnectError ? detailOf(error)?.code : undefined;

const detailOf = (error: ConnectError) => error.findDetails(ApiErrorSchema)[0];

function encodeValue(value: CanonicalValue): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function decodeValue(bytes: Uint8Array): CanonicalValue {
  return JSON.parse(decoder.decode(bytes)) as CanonicalValue;
}
