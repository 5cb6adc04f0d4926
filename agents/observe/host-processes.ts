import type { ProcessUsage } from "@polyglot/contracts/service";
import { readAllProcesses } from "./processes.ts";
import { sumUsage, UsageMeter } from "./usage-meter.ts";

/** Processes that are named. */
const named = 5;

export interface HostUsage {
  readonly processCount: number;
  /** Those that took processor time since the look before, the busiest first. */
  readonly busiest: readonly ProcessUsage[];
}

/** All processes of the host. About 0.02 ms a process, so it is asked seldom. */
export class HostProcesses {
  readonly #meter = new UsageMeter();

  async measure(now: () => number): Promise<HostUsage> {
    const processes = await readAllProcesses();
    const percents = this.#meter.measure(processes, now());
    const busiest = processes
      .filter(({ pid }) => (percents.get(pid) ?? 0) > 0)
      .toSorted((a, b) => (percents.get(b.pid) ?? 0) - (percents.get(a.pid) ?? 0))
      .slice(0, named)
      .map((process) => sumUsage([process], percents));
    return { processCount: processes.length, busiest };
  }
}
