import type { AttemptOutcome } from "@polyglot/contracts";
import type { RunningExecution, Settlement } from "../store/executions.ts";

/** How an agent says that an attempt ended. */
export interface AttemptResult
  extends Omit<Settlement, "executionId" | "sessionId" | "nextState" | "outcome" | "dueAt" | "deadLetter"> {
  readonly executionId: string;
  readonly outcome: Exclude<AttemptOutcome, "lost">;
  /** Of outcome `waiting`: the approvals without which nothing goes on. */
  readonly waitsFor: readonly string[];
  /** A person's decision made it fail: another attempt would end the same. */
  readonly isFinal: boolean;
}

/**
 * How this controller knows of an attempt: it sent it itself, or its agent named it. Of one that it found in the store
 * when it took over a shard it knows neither.
 */
export type Acquaintance = "sent" | "named";

/** What the queue knows of an attempt under way. */
export type RunningAttempt = { readonly known?: Acquaintance } & Pick<
  RunningExecution,
  | "executionId"
  | "attemptNo"
  | "maxAttempts"
  | "pipelineId"
  | "planDigest"
  | "queue"
  | "concurrencyKey"
  | "shareKey"
  | "shard"
  | "agentId"
  | "sessionId"
>;
