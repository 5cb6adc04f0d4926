/** From what steps ask of the controller to the methods that the link calls. */
import { ConnectError } from "@connectrpc/connect";
import type { CanonicalValue } from "@polyglot/contracts";
import { ApiErrorSchema } from "@polyglot/contracts/service";
import { CallGivenUp } from "../link/attempt-calls.ts";
import type { Link } from "../link/link.ts";
import type { CallingStep, ControllerCalls } from "../stdlib/controller-calls.ts";
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

  async startExecution(pipelineId: string, given: CanonicalValue): Promise<string> {
    const request = { pipelineId, inputs: encodeValue(given) };
    const answer = await this.#ask((client, step, options) => client.startExecution({ step, ...request }, options));
    return answer.executionId;
  }

  async #ask<Answer>(ask: Ask<Answer>): Promise<Answer> {
    const { executionId, attemptNo, pipelineId, node, signal } = this.#step;
    const { sessionId } = this.#link;
    const sequence = this.#step.nextSequence();
    const step = { executionId, attemptNo, sessionId, pipelineId, nodeId: node, sequence };
    try {
      return await this.#link.ask(step, signal, (client, options) => ask(client, step, options));
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

type LinkAsk = Parameters<Link["ask"]>[2];
type Step = Omit<CallingStep, "node" | "nextSequence" | "signal"> & {
  readonly sessionId: string;
  readonly nodeId: string;
  readonly sequence: number;
};
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
  "state/kind": "ValidationError",
  "attempt/stale": "KilledError",
};

function refusalOf(error: unknown): unknown {
  if (error instanceof CallGivenUp) return new Refused("KilledError", error.message);
  if (!(error instanceof ConnectError)) return error;
  const [detail] = error.findDetails(ApiErrorSchema);
  return new Refused(errorTypes[detail?.code ?? ""] ?? "RuntimeError", detail?.message ?? error.rawMessage);
}

function encodeValue(value: CanonicalValue): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function decodeValue(bytes: Uint8Array): CanonicalValue {
  return JSON.parse(decoder.decode(bytes)) as CanonicalValue;
}
