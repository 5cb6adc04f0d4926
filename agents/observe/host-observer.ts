/**
 * Load of this host and of the agent's processes, sampled all the time and kept for whoever asks: heartbeats, library
 * calls. Read from /proc; elsewhere what the `os` module knows, and the rest stays 0. A sample compares with the one
 * before it, so the first one has no rates.
 *
 * Each sample reads the host's totals (0.1 ms). The agent's workers are looked at every second at most, all processes and
 * GPUs every ten seconds, beside the samples: a disk, a driver that hangs holds up nothing.
 */
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { cpus, freemem, totalmem } from "node:os";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type GpuSample, type HostSample, HostSampleSchema } from "@polyglot/contracts/service";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import { askGpus, type GpuAnswer } from "./gpus.ts";
import { HostProcesses, type HostUsage } from "./host-processes.ts";
import { OwnProcesses, type OwnUsage } from "./own-processes.ts";
import {
  type CpuTimes,
  type DiskTotals,
  type NetworkTotals,
  parseCpuTimes,
  parseDisks,
  parseMemory,
  parseNetwork,
} from "./proc.ts";

const periods = { ownMs: 1_000, slowMs: 10_000 } as const;

interface Reading {
  readonly at: number;
  readonly cpu: CpuTimes;
  readonly network: NetworkTotals;
  readonly disks: DiskTotals;
}

export interface HostObserverOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The disk that counts is the one with this folder. */
  readonly dataFolder: string;
  readonly sampleIntervalMs: number;
  /** Process whose children are the workers. */
  readonly pid: number;
  readonly askGpus?: () => Promise<GpuAnswer>;
}

export class HostObserver implements Service {
  readonly name = "host observer";
  readonly #options: HostObserverOptions;
  readonly #clock: Clock;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  readonly #ownProcesses: OwnProcesses;
  readonly #hostProcesses = new HostProcesses();
  #before: Reading | undefined;
  #latest: HostSample | undefined;
  #disk = { free: 0, total: 0 };
  #own: OwnUsage | undefined;
  #ownAt = Number.NEGATIVE_INFINITY;
  #host: HostUsage | undefined;
  #gpus: readonly GpuSample[] = [];
  #hasGpus = true;
  #slowAt = Number.NEGATIVE_INFINITY;
  #asking = false;

  constructor(options: HostObserverOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#ownProcesses = new OwnProcesses(options.pid);
    this.#tasks = new BackgroundTasks((error) =>
      options.logger.warn({ err: error }, "the host could not be looked at"),
    );
  }

  async start(): Promise<void> {
    this.sample();
    this.#tasks.add(this.#loop());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  /** The last sample, or the first one. */
  get latest(): HostSample {
    return this.#latest ?? this.sample();
  }

  /** Answers at once, with what the looks beside the samples found until now. */
  sample(): HostSample {
    const at = this.#clock.monotonic();
    this.#lookAround(at);
    const now: Reading = { at, cpu: readCpu(), network: readNetwork(), disks: readDisks() };
    const before = this.#before;
    this.#before = now;
    const memory = readMemory();
    this.#latest = create(HostSampleSchema, {
      cpuPercent: before === undefined ? 0 : busyPercent(before.cpu, now.cpu),
      memoryUsedBytes: BigInt(memory.total - memory.available),
      memoryTotalBytes: BigInt(memory.total),
      diskFreeBytes: BigInt(this.#disk.free),
      diskTotalBytes: BigInt(this.#disk.total),
      networkReceivedBytesPerSecond: rate(before, now, ({ network }) => network.received),
      networkSentBytesPerSecond: rate(before, now, ({ network }) => network.sent),
      diskReadBytesPerSecond: rate(before, now, ({ disks }) => disks.read),
      diskWrittenBytesPerSecond: rate(before, now, ({ disks }) => disks.written),
      gpus: [...this.#gpus],
      ...(this.#own && { ...this.#own, workers: [...this.#own.workers] }),
      ...(this.#host && { ...this.#host, busiest: [...this.#host.busiest] }),
      at: timestampFromMs(this.#clock.now()),
    });
    return this.#latest;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.sleep(this.#options.sampleIntervalMs, signal);
      if (!signal.aborted) this.sample();
    }
  }

  #lookAround(at: number): void {
    if (at - this.#ownAt >= periods.ownMs) {
      this.#ownAt = at;
      this.#own = this.#ownProcesses.measure(at);
    }
    if (this.#asking) return;
    const isSlowDue = at - this.#slowAt >= periods.slowMs;
    if (isSlowDue) this.#slowAt = at;
    this.#asking = true;
    const asked = [this.#askDisk(), ...(isSlowDue ? [this.#askProcesses(), this.#askGpus()] : [])];
    this.#tasks.add(Promise.all(asked).finally(() => (this.#asking = false)));
  }

  async #askDisk(): Promise<void> {
    const found = await statfs(this.#options.dataFolder).catch(() => undefined);
    if (found !== undefined) this.#disk = { free: found.bavail * found.bsize, total: found.blocks * found.bsize };
  }

  async #askProcesses(): Promise<void> {
    this.#host = await this.#hostProcesses.measure(() => this.#clock.monotonic());
  }

  /** A host without the program is asked once. Neither that nor a driver that fails is worth a word. */
  async #askGpus(): Promise<void> {
    if (!this.#hasGpus) return;
    const answer = await (this.#options.askGpus ?? askGpus)();
    this.#hasGpus = answer !== "missing";
    this.#gpus = answer === "missing" || answer === undefined ? [] : answer;
  }
}

function busyPercent(before: CpuTimes, now: CpuTimes): number {
  const total = now.total - before.total;
  return total <= 0 ? 0 : Math.min(100, Math.max(0, ((total - (now.idle - before.idle)) / total) * 100));
}

/** Bytes per second; counters that went back (an interface that left) count as nothing. */
function rate(before: Reading | undefined, now: Reading, counter: (reading: Reading) => number): number {
  if (before === undefined || now.at <= before.at) return 0;
  return Math.max(0, ((counter(now) - counter(before)) / (now.at - before.at)) * 1000);
}

function readCpu(): CpuTimes {
  const stat = read("/proc/stat");
  if (stat !== undefined) return parseCpuTimes(stat);
  const times = cpus().map((core) => core.times);
  const idle = times.reduce((sum, core) => sum + core.idle, 0);
  const busy = times.reduce((sum, core) => sum + core.user + core.nice + core.sys + core.irq, 0);
  return { idle, total: idle + busy };
}

function readMemory(): { total: number; available: number } {
  const info = read("/proc/meminfo");
  return (info === undefined ? undefined : parseMemory(info)) ?? { total: totalmem(), available: freemem() };
}

function readNetwork(): NetworkTotals {
  const table = read("/proc/net/dev");
  return table === undefined ? { received: 0, sent: 0 } : parseNetwork(table);
}

function readDisks(): DiskTotals {
  const table = read("/proc/diskstats");
  return table === undefined ? { read: 0, written: 0 } : parseDisks(table);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
