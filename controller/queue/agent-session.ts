import type { AgentId, PipelineId } from "@polyglot/contracts";
import type { ConnectedAgentFacts, HostLoad } from "./routing/agent-facts.ts";
import type { Standing } from "./routing/most-prepared.ts";

/** An execution request on its way to an agent: the fields of the message, values still as the store has them. */
export interface Dispatch {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly term: number;
  readonly pipelineId: PipelineId;
  readonly planDigest: string;
  readonly inputs: string;
  readonly triggerContext: string;
  readonly queue: string;
  readonly priority: number;
  readonly enqueuedAtMs: number;
}

export interface Cancel {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly mode: "cancel" | "kill";
  readonly reason: string;
}

/** What the queue needs of an agent's stream. */
export interface AgentStream {
  readonly agentId: AgentId;
  readonly sessionId: string;
  readonly host: string;
  readonly facts: ConnectedAgentFacts;
  /** At the last heartbeat; undefined before the first. */
  readonly load: HostLoad | undefined;
  /** How far the agent is with what a pipeline's plan needs. */
  standingFor(pipelineId: PipelineId, planDigest: string): Standing;
  dispatch(executions: readonly Dispatch[]): void;
  cancel(cancellations: readonly Cancel[]): void;
  /** The session's lease is over: what the agent does next begins with a new stream. */
  end(): void;
}

/** A stream and the credits that the agent granted on it: they end with the stream. */
export class AgentSession {
  readonly stream: AgentStream;
  #credits = 0;
  /** Streams and what is sent on them, in one order. */
  static #order = 0;
  readonly #openedAs = ++AgentSession.#order;
  #lastSentAs = 0;

  constructor(stream: AgentStream) {
    this.stream = stream;
  }

  get credits(): number {
    return this.#credits;
  }

  grant(credits: number): void {
    this.#credits += credits;
  }

  send(executions: readonly Dispatch[]): void {
    this.#lastSentAs = ++AgentSession.#order;
    this.stream.dispatch(executions);
  }

  /** Whether something was sent here after another stream of the same agent began. */
  outlived(other: AgentSession): boolean {
    return other.stream.agentId === this.stream.agentId && this.#lastSentAs > other.#openedAs;
  }

  spend(): void {
    this.#credits -= 1;
  }
}
