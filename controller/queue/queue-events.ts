import type { ExecutionState } from "@polyglot/contracts";

/** What the queue tells whoever counts. Milliseconds. */
export interface QueueMetrics {
  dispatched(queue: string, waitMs: number): void;
  settled(queue: string, state: ExecutionState): void;
}

export const noQueueMetrics: QueueMetrics = { dispatched: () => undefined, settled: () => undefined };

/** An execution that left `running`. */
export interface SettledExecution {
  readonly executionId: string;
  readonly state: Exclude<ExecutionState, "running">;
}
