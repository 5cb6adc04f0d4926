import type { AttemptOutcome } from "@polyglot/contracts";
import type { RunningExecution, Settlement } from "../store/executions.ts";

/** How an agent says that an attempt ended. */
export interface AttemptResult
  extends Omit<Settlement, "executionId" | "sessionId" | "nextState" | "outcome" | "dueAt" | "deadLetterReason"> {
  readonly executionId: string;
  readonly outcome: Exclude<AttemptOutcome, "lost">;
}

/** What the queue knows of an attempt under way. */
export type RunningAttempt = Pick<
  RunningExecution,
  | "executionId"
  | "attemptNo"
  | "maxAttempts"
  | "pipelineId"
  | "planDigest"
  | "queue"
  | "shard"
  | "agentId"
  | "sessionId"
>;
