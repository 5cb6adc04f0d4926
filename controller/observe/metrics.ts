/**
 * What the controller counts and times, for Prometheus. Names and labels are part of the interface: dashboards use them.
 * Labels hold words of a closed set, names of queues, pipelines and connected agents only, never ids of executions, so
 * that the number of series stays bounded.
 */
import { type ExecutionState, isOutcome } from "@polyglot/contracts";
import type { HostSample } from "@polyglot/contracts/service";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { HostGauges } from "./host-gauges.ts";
import type { QueueFigures } from "./queue-figures.ts";
import { QueueSeries } from "./queue-series.ts";

/** From half a millisecond, a commit on a fast disk, to ten seconds, an agent's lease. */
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type ActivationDecision = "activated" | "waiting" | "duplicate" | "refused";
export type ReconcileResult = "applied" | "partly" | "failed" | "superseded" | "drifted";

/** Whose execution it is that is counted. */
export interface Counted {
  readonly queue: string;
  readonly pipelineId: string;
}

export class ControllerMetrics {
  readonly #registry = new Registry();
  readonly #ended = new Counter({
    name: "polyglot_executions_ended_total",
    help: "Executions that have an outcome",
    labelNames: ["queue", "outcome"],
    registers: [this.#registry],
  });
  readonly #retried = new Counter({
    name: "polyglot_attempts_retried_total",
    help: "Attempts after which the execution waits again",
    labelNames: ["queue"],
    registers: [this.#registry],
  });
  readonly #activations = new Counter({
    name: "polyglot_activations_total",
    help: "Activation events by what was decided",
    labelNames: ["decision"],
    registers: [this.#registry],
  });
  readonly #reconciles = new Counter({
    name: "polyglot_reconciles_total",
    help: "Reconciles of repositories by result",
    labelNames: ["result"],
    registers: [this.#registry],
  });
  readonly #depth = new Gauge({
    name: "polyglot_queue_executions",
    help: "Executions of a queue that wait or run",
    labelNames: ["queue", "state"],
    registers: [this.#registry],
  });
  readonly #agents = new Gauge({
    name: "polyglot_agents_connected",
    help: "Agents with an open stream to this controller",
    registers: [this.#registry],
  });
  readonly #hosts = new HostGauges(this.#registry);
  readonly #queues = new QueueSeries(this.#registry);
  readonly #activate = this.#latency("polyglot_activation_seconds", "From an event's arrival to its commit");
  readonly #dispatch = this.#latency("polyglot_dispatch_seconds", "From an execution's commit to its dispatch");
  readonly #settle = this.#latency("polyglot_settle_seconds", "From a result's arrival to its commit");
  readonly #reconcile = this.#latency("polyglot_reconcile_seconds", "From the look at a branch to its written status");

  constructor() {
    // Event loop lag, memory, processor time, garbage collection.
    collectDefaultMetrics({ register: this.#registry });
  }

  enqueued({ queue, pipelineId }: Counted): void {
    this.#queues.enqueued(queue, pipelineId);
  }

  /** An execution went to an agent: so long after it was due, and so long after it was enqueued. */
  dispatched({ queue, pipelineId }: Counted, waitMs: number, sinceEnqueuedMs: number): void {
    this.#dispatch.observe(sinceEnqueuedMs / 1000);
    this.#queues.started(queue, pipelineId, waitMs);
  }

  /** An attempt was settled: its execution has an outcome, or waits again. */
  settled({ queue, pipelineId }: Counted, state: ExecutionState, processingMs?: number): void {
    if (processingMs !== undefined) this.#queues.processed(queue, pipelineId, processingMs);
    if (isOutcome(state)) this.#ended.inc({ queue, outcome: state });
    else this.#retried.inc({ queue });
  }

  countActivations(decision: ActivationDecision, count: number): void {
    if (count > 0) this.#activations.inc({ decision }, count);
  }

  countReconcile(result: ReconcileResult, seconds: number): void {
    this.#reconciles.inc({ result });
    this.#reconcile.observe(seconds);
  }

  /** Replaces the figures of all queues: one that is empty by now is not listed any more. */
  setQueues(queues: readonly { readonly name: string; readonly waiting: number; readonly running: number }[]): void {
    this.#depth.reset();
    for (const { name, waiting, running } of queues) {
      this.#depth.set({ queue: name, state: "waiting" }, waiting);
      this.#depth.set({ queue: name, state: "running" }, running);
    }
  }

  /** Replaces the figures of all pipelines, and how much of what may run does. */
  setFigures(figures: readonly QueueFigures[], utilisation: ReadonlyMap<string, number>): void {
    this.#queues.set(figures, utilisation);
  }

  setAgents(connected: number): void {
    this.#agents.set(connected);
  }

  setHost(agentId: string, sample: HostSample): void {
    this.#hosts.set(agentId, sample);
  }

  /** Its stream to this controller is closed. */
  forgetHost(agentId: string): void {
    this.#hosts.forget(agentId);
  }

  observeActivation(seconds: number): void {
    this.#activate.observe(seconds);
  }

  observeSettle(seconds: number): void {
    this.#settle.observe(seconds);
  }

  readonly contentType = this.#registry.contentType;

  /** The text format of Prometheus. */
  text(): Promise<string> {
    this.#hosts.refresh();
    return this.#registry.metrics();
  }

  #latency(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: latencyBuckets, registers: [this.#registry] });
  }
}
