import { create } from "@bufbuild/protobuf";
import type { AgentId } from "@polyglot/contracts";
import {
  type AttemptResult,
  type HostSample,
  type LogLine,
  type MetricsSample,
  MetricsSampleSchema,
  type PreparedBundle,
} from "@polyglot/contracts/service";
import { GroupCommit } from "@polyglot/service";
import type { TimeSeries } from "../observe/time-series.ts";
import type { Database } from "../store/database.ts";
import { type StoredLogLine, writeLogs } from "../store/logs.ts";
import { toLogLine } from "./from-agent.ts";

const logLimits = { maxItems: 2_000, maxConcurrent: 1 } as const;

export interface ReportListeners {
  /** Called with each change of the number of open streams. */
  onAgents(connected: number): void;
  /** What an agent's host looks like now; undefined when its stream is closed. */
  onHost(agentId: AgentId, sample: HostSample | undefined): void;
  onPrepared(agentId: AgentId, bundle: PreparedBundle): Promise<void>;
}

/** What agents report beside results: log lines, metrics samples, their hosts' load, what they have prepared. */
export class AgentReports {
  readonly #lines: GroupCommit<StoredLogLine, void>;
  readonly #series: readonly TimeSeries[];
  readonly #listeners: ReportListeners;
  readonly #followers = new Map<string, Set<() => void>>();
  #connected = 0;

  constructor(database: Database, series: readonly TimeSeries[], listeners: ReportListeners) {
    this.#series = series;
    this.#listeners = listeners;
    this.#lines = new GroupCommit((lines) => this.#write(database, lines), logLimits);
  }

  /** A stream is open. Answers how to say that it is closed. */
  connected(agentId: AgentId): () => void {
    this.#connected += 1;
    this.#listeners.onAgents(this.#connected);
    return () => {
      this.#connected -= 1;
      this.#listeners.onAgents(this.#connected);
      this.#listeners.onHost(agentId, undefined);
    };
  }

  async logs(lines: readonly LogLine[]): Promise<void> {
    await Promise.all(lines.map((line) => this.#lines.add(toLogLine(line))));
  }

  metrics(samples: readonly MetricsSample[]): void {
    for (const series of this.#series) for (const sample of samples) series.add(sample);
  }

  /** What an attempt cost in all, as its result says: the history has it beside what its steps did. */
  ran(pipelineId: string, { executionId, outcome, metrics, endedAt }: AttemptResult): void {
    // One that waits for a person goes on later, and says then what all of it cost.
    if (metrics === undefined || outcome === "waiting") return;
    const whole = { pipelineId, executionId, nodeId: "", metrics };
    this.metrics([create(MetricsSampleSchema, endedAt === undefined ? whole : { ...whole, timestamp: endedAt })]);
  }

  host(agentId: AgentId, sample: HostSample): void {
    this.#listeners.onHost(agentId, sample);
    for (const series of this.#series) series.addHost(agentId, sample);
  }

  prepared(agentId: AgentId, bundle: PreparedBundle): Promise<void> {
    return this.#listeners.onPrepared(agentId, bundle);
  }

  /** Called after lines of the execution are stored. Answers how to end it. */
  onLines(executionId: string, listener: () => void): () => void {
    const listeners = this.#followers.get(executionId) ?? new Set();
    this.#followers.set(executionId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#followers.delete(executionId);
    };
  }

  async #write(database: Database, lines: readonly StoredLogLine[]): Promise<void[]> {
    await writeLogs(database, lines);
    for (const id of new Set(lines.map((line) => line.executionId))) {
      for (const listener of this.#followers.get(id) ?? []) listener();
    }
    return lines.map(() => undefined);
  }
}
