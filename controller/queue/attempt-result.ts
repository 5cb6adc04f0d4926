import type { AgentId, AttemptOutcome, CleanupState } from "@polyglot/contracts";

/** How an agent says that an attempt ended. JSON fields are text, as they are stored. */
export interface AttemptResult {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly outcome: Exclude<AttemptOutcome, "lost">;
  readonly outputs: string | null;
  readonly error: string | null;
  readonly metrics: string | null;
  readonly steps: string | null;
  readonly exitCode: number | null;
  readonly cleanup: CleanupState;
  readonly startedAt: Date | null;
  readonly endedAt: Date;
}

/** What the queue knows of an attempt under way. */
export interface RunningAttempt {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly maxAttempts: number;
  readonly pipelineId: string;
  readonly planDigest: string;
  readonly queue: string;
  readonly shard: string;
  readonly agentId: AgentId;
  readonly sessionId: string;
}
