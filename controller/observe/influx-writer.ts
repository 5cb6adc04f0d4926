/**
 * History in a database that speaks Influx line protocol: InfluxDB 2, VictoriaMetrics and others. Points are gathered and
 * sent in batches; while the database is away the newest are kept, within a limit. Points of one agent at one time are one
 * point, whichever controller sends them.
 */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { InfluxDB, Point, setLogger, type WriteApi } from "@influxdata/influxdb-client";
import type { HostSample, MetricsSample } from "@polyglot/contracts/service";
import type { Clock, Logger, Service } from "@polyglot/service";
import { figuresOf } from "./host-figures.ts";
import type { TimeSeries } from "./time-series.ts";

const limits = {
  /** Points of one request. */
  batch: 1_000,
  flushMs: 5_000,
  /** Points that wait while the database is away. */
  waiting: 50_000,
  answerMs: 10_000,
  retryMs: 180_000,
  /** Points of costs in one flush; at a higher rate the others are left out. */
  costs: 10_000,
} as const;

export interface InfluxTarget {
  readonly url: string;
  readonly token: string;
  readonly organisation: string;
  readonly bucket: string;
}

export class InfluxWriter implements Service, TimeSeries {
  readonly name = "influx writer";
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #api: WriteApi;
  #costs = 0;
  #costsSince = 0;
  #works = true;

  constructor(target: InfluxTarget, clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
    // The library would write to the console.
    setLogger({ error: () => undefined, warn: () => undefined });
    const { url, token, organisation, bucket } = target;
    this.#api = new InfluxDB({ url, token, timeout: limits.answerMs }).getWriteApi(organisation, bucket, "ms", {
      batchSize: limits.batch,
      flushInterval: limits.flushMs,
      maxBufferLines: limits.waiting,
      maxRetryTime: limits.retryMs,
      writeFailed: (error) => this.#tell(false, error),
      writeSuccess: () => this.#tell(true),
    });
  }

  async start(): Promise<void> {
    // The first point opens the connection.
  }

  async stop(): Promise<void> {
    await this.#api.close().catch(() => undefined);
  }

  add({ pipelineId, nodeId, metrics, timestamp }: MetricsSample): void {
    if (metrics === undefined || !this.#admitCost()) return;
    const point = new Point("polyglot_cost")
      .tag("pipeline", pipelineId)
      .floatField("cpu_time_ms", metrics.cpuTimeMs)
      .floatField("memory_peak_mb", metrics.memoryPeakMb)
      .floatField("duration_ms", metrics.durationMs)
      .floatField("conversion_overhead_ms", metrics.conversionOverheadMs)
      .timestamp(timestamp === undefined ? this.#clock.now() : timestampMs(timestamp));
    if (nodeId !== "") point.tag("step", nodeId);
    this.#api.writePoint(point);
  }

  addHost(agentId: string, sample: HostSample): void {
    const at = sample.at === undefined ? this.#clock.now() : timestampMs(sample.at);
    const points = new Map<number, Point>();
    for (const { name, value, gpu } of figuresOf(sample)) {
      const point = points.get(gpu) ?? startPoint(agentId, gpu, at);
      points.set(gpu, point.floatField(name, value));
    }
    this.#api.writePoints([...points.values()]);
  }

  /** Sends what has gathered. */
  flush(): Promise<void> {
    return this.#api.flush();
  }

  #admitCost(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#costsSince >= limits.flushMs) {
      this.#costsSince = now;
      this.#costs = 0;
    }
    this.#costs += 1;
    return this.#costs <= limits.costs;
  }

  /** Once for each change. */
  #tell(works: boolean, error?: Error): void {
    if (works === this.#works) return;
    this.#works = works;
    if (works) this.#logger.info({}, "the time series is written again");
    else this.#logger.warn({ err: error }, "the time series cannot be written");
  }
}

function startPoint(agentId: string, gpu: number, at: number): Point {
  const point = new Point("polyglot_host").tag("agent", agentId).timestamp(at);
  return gpu < 0 ? point : point.tag("gpu", String(gpu));
}
