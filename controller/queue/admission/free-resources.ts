import type { HostLoad, Reserved } from "../routing/agent-facts.ts";

export interface FreeResources {
  readonly memoryBytes: number;
  /** That no execution there has asked for. */
  readonly cores: number;
  readonly cpuPercent: number;
}

/**
 * What is set aside counts as used from the admission on, long before the work has taken it: what workers use stands in
 * only where it is more.
 */
export function freeOf(load: HostLoad, cores: number, reserved: Reserved): FreeResources {
  const ofOthers = Math.max(0, load.memoryUsedBytes - load.workerMemoryBytes);
  const ofWorkers = Math.max(load.workerMemoryBytes, reserved.memoryBytes);
  return {
    memoryBytes: load.memoryTotalBytes - ofOthers - ofWorkers,
    cores: cores - reserved.cores,
    cpuPercent: 100 - load.cpuPercent,
  };
}
