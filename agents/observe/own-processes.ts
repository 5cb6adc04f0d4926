import type { ProcessUsage } from "@polyglot/contracts/service";
import { type ProcessStat, readTree } from "./processes.ts";
import { sumUsage, UsageMeter } from "./usage-meter.ts";

const limits = {
  /** Processes looked at, the agent's own included. */
  processes: 1_000,
  /** Workers that are listed one by one. */
  workers: 32,
} as const;

export interface OwnUsage {
  readonly agent: ProcessUsage;
  /** The busiest first. */
  readonly workers: readonly ProcessUsage[];
  readonly allWorkers: ProcessUsage;
}

/** The agent and its workers, each with all that it started. About 0.05 ms a process. */
export class OwnProcesses {
  readonly #pid: number;
  readonly #meter = new UsageMeter();

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Undefined where there is no `/proc`. */
  measure(atMs: number): OwnUsage | undefined {
    const [agent, ...others] = readTree(this.#pid, limits.processes);
    if (agent === undefined) return undefined;
    const percents = this.#meter.measure([agent, ...others], atMs);
    const workers = groupByWorker(agent.pid, others).map((tree) => sumUsage(tree, percents));
    return {
      agent: sumUsage([agent], percents),
      workers: workers.toSorted((a, b) => b.cpuPercent - a.cpuPercent).slice(0, limits.workers),
      allWorkers: { ...sumUsage(others, percents), pid: 0, name: "" },
    };
  }
}

/** Parents come before their children. */
function groupByWorker(agent: number, processes: readonly ProcessStat[]): ProcessStat[][] {
  const trees = new Map<number, ProcessStat[]>();
  for (const process of processes) {
    const tree = process.parent === agent ? [] : (trees.get(process.parent) ?? []);
    tree.push(process);
    trees.set(process.pid, tree);
  }
  return [...new Set(trees.values())];
}
