/**
 * Load of this host, read from /proc: about 0.03 ms a sample. Elsewhere what the `os` module knows; the rest stays 0.
 * A sample compares with the one before it, so the first one has no rates.
 */
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { cpus, freemem, totalmem } from "node:os";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type HostSample, HostSampleSchema } from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import { type CpuTimes, parseCpuTimes, parseMemory, parseNetwork, type NetworkTotals } from "./proc.ts";

interface Reading {
  readonly at: number;
  readonly cpu: CpuTimes;
  readonly network: NetworkTotals;
}

export class HostObserver {
  readonly #clock: Clock;
  readonly #dataFolder: string;
  #before: Reading | undefined;
  #latest: HostSample | undefined;
  #disk = { free: 0, total: 0 };
  #asking = false;

  /** `dataFolder`: the disk that counts is the one with this folder. */
  constructor(clock: Clock, dataFolder: string) {
    this.#clock = clock;
    this.#dataFolder = dataFolder;
  }

  /** The last sample, or the first one. */
  get latest(): HostSample {
    return this.#latest ?? this.sample();
  }

  /** Answers at once: the disk's figures are those of the call before, so that a hanging disk holds up nothing. */
  sample(): HostSample {
    void this.#askDisk();
    const now: Reading = { at: this.#clock.monotonic(), cpu: readCpu(), network: readNetwork() };
    const before = this.#before;
    this.#before = now;
    const memory = readMemory();
    this.#latest = create(HostSampleSchema, {
      cpuPercent: before === undefined ? 0 : busyPercent(before.cpu, now.cpu),
      memoryUsedBytes: BigInt(memory.total - memory.available),
      memoryTotalBytes: BigInt(memory.total),
      diskFreeBytes: BigInt(this.#disk.free),
      diskTotalBytes: BigInt(this.#disk.total),
      networkReceivedBytesPerSecond: rate(before, now, "received"),
      networkSentBytesPerSecond: rate(before, now, "sent"),
      at: timestampFromMs(this.#clock.now()),
    });
    return this.#latest;
  }

  async #askDisk(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const found = await statfs(this.#dataFolder).catch(() => undefined);
    if (found !== undefined) this.#disk = { free: found.bavail * found.bsize, total: found.blocks * found.bsize };
    this.#asking = false;
  }
}

function busyPercent(before: CpuTimes, now: CpuTimes): number {
  const total = now.total - before.total;
  return total <= 0 ? 0 : Math.min(100, Math.max(0, ((total - (now.idle - before.idle)) / total) * 100));
}

/** Bytes per second; counters that went back (an interface that left) count as nothing. */
function rate(before: Reading | undefined, now: Reading, direction: keyof NetworkTotals): number {
  if (before === undefined || now.at <= before.at) return 0;
  return Math.max(0, ((now.network[direction] - before.network[direction]) / (now.at - before.at)) * 1000);
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

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
