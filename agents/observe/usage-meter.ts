import { create } from "@bufbuild/protobuf";
import { type ProcessUsage, ProcessUsageSchema } from "@polyglot/contracts/service";
import { type ProcessStat, ticksPerSecond } from "./processes.ts";

/** Processor time of processes between two looks at them. */
export class UsageMeter {
  #ticks = new Map<string, number>();
  #at: number | undefined;

  /**
   * Percent of a core by pid. `atMs` is of a clock that only goes forward. A process that is new has used what it has
   * since the look before; at the first look nothing is known.
   */
  measure(processes: readonly ProcessStat[], atMs: number): ReadonlyMap<number, number> {
    const [before, beforeAt] = [this.#ticks, this.#at];
    this.#ticks = new Map(processes.map((process) => [keyOf(process), process.cpuTicks]));
    this.#at = atMs;
    if (beforeAt === undefined || atMs <= beforeAt) return new Map();
    const percentPerTick = 100_000 / (ticksPerSecond * (atMs - beforeAt));
    return new Map(
      processes.map((process) => {
        const ticks = process.cpuTicks - (before.get(keyOf(process)) ?? 0);
        return [process.pid, Math.max(0, ticks) * percentPerTick];
      }),
    );
  }
}

const keyOf = ({ pid, startedTicks }: ProcessStat): string => `${pid} ${startedTicks}`;

/** The sum of some processes, named after the first of them. */
export function sumUsage(processes: readonly ProcessStat[], percents: ReadonlyMap<number, number>): ProcessUsage {
  const usage = create(ProcessUsageSchema, { pid: processes[0]?.pid ?? 0, name: processes[0]?.name ?? "" });
  for (const { pid, memoryBytes } of processes) {
    usage.cpuPercent += percents.get(pid) ?? 0;
    usage.memoryBytes += BigInt(memoryBytes);
    usage.processes += 1;
  }
  return usage;
}
