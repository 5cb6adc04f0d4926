import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { QueueFigures } from "./queue-figures.ts";

const limits = {
  /** With series of their own; further ones share those of the name below. */
  pipelines: 1_000,
} as const;

const others = "(others)";

/** From a step that does nothing to half a day in line. Few: each is a series of every pipeline. */
const buckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 60, 300, 1_800, 7_200, 43_200];

const labelNames = ["queue", "pipeline"] as const;

/** What Prometheus sees of queues by pipeline. */
export class QueueSeries {
  readonly #known = new Set<string>();
  readonly #enqueued: Counter<"queue" | "pipeline">;
  readonly #wait: Histogram<"queue" | "pipeline">;
  readonly #processing: Histogram<"queue" | "pipeline">;
  readonly #depth: Gauge<"queue" | "pipeline" | "state">;
  readonly #utilisation: Gauge<"queue">;

  constructor(registry: Registry) {
    const registers = [registry];
    const histogram = (name: string, help: string) => new Histogram({ name, help, buckets, labelNames, registers });
    this.#enqueued = new Counter({
      ...{ name: "polyglot_executions_enqueued_total", help: "Executions that came to a queue", labelNames, registers },
    });
    this.#wait = histogram("polyglot_queue_wait_seconds", "From an execution's due time to its dispatch");
    this.#processing = histogram("polyglot_queue_processing_seconds", "From an attempt's start to its end");
    this.#depth = new Gauge({
      name: "polyglot_pipeline_executions",
      help: "Executions of a pipeline that wait or run",
      labelNames: [...labelNames, "state"],
      registers,
    });
    this.#utilisation = new Gauge({
      name: "polyglot_queue_utilisation_percent",
      help: "How much of what a queue may run at once does",
      labelNames: ["queue"],
      registers,
    });
  }

  enqueued(queue: string, pipelineId: string): void {
    this.#enqueued.inc({ queue, pipeline: this.#name(pipelineId) });
  }

  started(queue: string, pipelineId: string, waitMs: number): void {
    this.#wait.observe({ queue, pipeline: this.#name(pipelineId) }, waitMs / 1_000);
  }

  processed(queue: string, pipelineId: string, processingMs: number): void {
    this.#processing.observe({ queue, pipeline: this.#name(pipelineId) }, processingMs / 1_000);
  }

  set(figures: readonly QueueFigures[], utilisation: ReadonlyMap<string, number>): void {
    this.#depth.reset();
    this.#utilisation.reset();
    for (const [queue, percent] of utilisation) this.#utilisation.set({ queue }, percent);
    for (const { queue, pipelineId, waiting, running } of figures) {
      if (pipelineId === "") continue;
      const pipeline = this.#name(pipelineId);
      this.#depth.inc({ queue, pipeline, state: "waiting" }, waiting);
      this.#depth.inc({ queue, pipeline, state: "running" }, running);
    }
  }

  #name(pipelineId: string): string {
    if (!this.#known.has(pipelineId)) {
      if (this.#known.size >= limits.pipelines) return others;
      this.#known.add(pipelineId);
    }
    return pipelineId;
  }
}
