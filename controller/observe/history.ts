/**
 * History of what executions cost, of how queues fared and of how loaded hosts were, in the store: samples are rolled up
 * by minute in memory and written every few seconds, so that the cost of keeping them does not grow with the number of executions.
 */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { HostSample, MetricsSample } from "@polyglot/contracts/service";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { writeHostRollups } from "../store/host-history.ts";
import { type MetricsRollup, writeRollups } from "../store/metrics-history.ts";
import { writeQueueRollups } from "../store/queue-history.ts";
import { HostRollups } from "./host-rollups.ts";
import { QueueRollups } from "./queue-rollups.ts";
import type { TimeSeries } from "./time-series.ts";

const limits = {
  flushMs: 10_000,
  /** Rollups in memory; samples of further pipelines and steps wait for the next flush. */
  rollups: 50_000,
} as const;

const minuteMs = 60_000;

export class MetricsHistory implements Service, TimeSeries {
  readonly name = "metrics history";
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  readonly #hosts = new HostRollups();
  readonly queues = new QueueRollups();
  #rollups = new Map<string, MetricsRollup>();

  constructor(database: Database, clock: Clock, logger: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "could not write the metrics history"));
  }

  async start(): Promise<void> {
    this.#tasks.add(this.#loop());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#tasks.drain();
    await this.flush().catch(() => undefined);
  }

  add(sample: MetricsSample): void {
    const { pipelineId, nodeId, metrics, timestamp } = sample;
    if (metrics === undefined) return;
    const at = timestamp === undefined ? this.#clock.now() : timestampMs(timestamp);
    const minute = Math.floor(at / minuteMs) * minuteMs;
    const key = `${pipelineId}\n${nodeId}\n${minute}`;
    const before = this.#rollups.get(key) ?? { ...empty, pipelineId, nodeId, minute };
    if (before.samples === 0 && this.#rollups.size >= limits.rollups) return;
    this.#rollups.set(key, {
      ...before,
      samples: before.samples + 1,
      cpuTimeMs: before.cpuTimeMs + metrics.cpuTimeMs,
      memoryPeakMb: Math.max(before.memoryPeakMb, metrics.memoryPeakMb),
      durationMs: before.durationMs + metrics.durationMs,
      conversionOverheadMs: before.conversionOverheadMs + metrics.conversionOverheadMs,
    });
  }

  addHost(agentId: string, sample: HostSample): void {
    this.#hosts.add(agentId, sample, this.#clock.now());
  }

  /** Writes what has gathered. What could not be written is gone: history is not worth holding up work for. */
  async flush(): Promise<void> {
    await writeHostRollups(this.#database, this.#hosts.take());
    await writeQueueRollups(this.#database, this.queues.take());
    const rollups = this.#rollups;
    if (rollups.size === 0) return;
    this.#rollups = new Map();
    await writeRollups(this.#database, [...rollups.values()]);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.sleep(limits.flushMs, signal);
      if (!signal.aborted) this.#tasks.add(this.flush());
    }
  }
}

const empty = { samples: 0, cpuTimeMs: 0, memoryPeakMb: 0, durationMs: 0, conversionOverheadMs: 0 } as const;
