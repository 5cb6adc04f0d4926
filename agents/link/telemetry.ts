import type { AgentMessage, LogLine, MetricsSample, PreparedBundle } from "@polyglot/contracts/service";
import { limits } from "./limits.ts";
import { LogBuffer } from "./log-buffer.ts";

/** What is told once and not kept until it is committed: it waits for one stream, within limits. */
export class Telemetry {
  readonly #logs = new LogBuffer({ lines: limits.logLines, bytes: limits.logBytes });
  #metrics: MetricsSample[] = [];
  #prepared: PreparedBundle[] = [];

  log(line: LogLine): void {
    this.#logs.add(line);
  }

  /** Over the limit the older half goes: samples are many, and each says little. */
  measure(sample: MetricsSample): void {
    this.#metrics.push(sample);
    if (this.#metrics.length > limits.metricsSamples) this.#metrics.splice(0, this.#metrics.length / 2);
  }

  prepared(bundle: PreparedBundle): void {
    this.#prepared.push(bundle);
  }

  /** Whether anything was put into the message. */
  fill(message: AgentMessage): boolean {
    if (this.#logs.size > 0) message.logs = this.#logs.take(limits.itemsPerMessage, limits.bytesPerMessage);
    message.metrics = this.#metrics.splice(0, limits.itemsPerMessage);
    message.prepared = this.#prepared.splice(0, limits.itemsPerMessage);
    return message.logs.length > 0 || message.metrics.length > 0 || message.prepared.length > 0;
  }
}
