/** What happens to executions, told to the history and to Prometheus. */
import type { ExecutionState } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { ControllerMetrics, Counted } from "./metrics.ts";
import type { QueueRollups } from "./queue-rollups.ts";

export class QueueCounts {
  readonly #metrics: ControllerMetrics;
  readonly #rollups: QueueRollups;
  readonly #clock: Clock;

  constructor(metrics: ControllerMetrics, rollups: QueueRollups, clock: Clock) {
    this.#metrics = metrics;
    this.#rollups = rollups;
    this.#clock = clock;
  }

  enqueued(of: Counted): void {
    this.#metrics.enqueued(of);
    this.#rollups.enqueued(of.queue, of.pipelineId, this.#clock.now());
  }

  dispatched(of: Counted, waitMs: number, sinceEnqueuedMs: number): void {
    this.#metrics.dispatched(of, waitMs, sinceEnqueuedMs);
    this.#rollups.started(of.queue, of.pipelineId, waitMs, this.#clock.now());
  }

  settled(of: Counted, state: ExecutionState, processingMs?: number): void {
    this.#metrics.settled(of, state, processingMs);
    this.#rollups.settled(of.queue, of.pipelineId, processingMs, this.#clock.now());
  }
}
