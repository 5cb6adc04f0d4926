import type { ExecutionState } from "@polyglot/contracts";

/** Whose execution it is that is counted. */
export interface Counted {
  readonly queue: string;
  readonly pipelineId: string;
}

/** What the queue tells whoever counts. Milliseconds. */
export interface QueueMetrics {
  /** It went to an agent: so long after it was due, and so long after it was enqueued. */
  dispatched(of: Counted, waitMs: number, sinceEnqueuedMs: number): void;
  /** `processingMs`: undefined where nobody knows how long it ran. */
  settled(of: Counted, state: ExecutionState, processingMs?: number): void;
}

export const noQueueMetrics: QueueMetrics = { dispatched: () => undefined, settled: () => undefined };

/** An execution that left `running`. */
export interface SettledExecution {
  readonly executionId: string;
  readonly state: Exclude<ExecutionState, "running">;
}
