/** A host's load as figures with names: what is kept as history and shown to monitors. The names are part of the interface. */
import type { HostSample } from "@polyglot/contracts/service";

export const hostFigures = {
  cpu_percent: "Load of all cores, 0 to 100",
  memory_used_bytes: "Memory that is in use",
  memory_total_bytes: "Memory that the host has",
  disk_free_bytes: "Free space of the disk with the agent's data",
  disk_total_bytes: "Size of the disk with the agent's data",
  disk_read_bytes_per_second: "Read from all disks",
  disk_written_bytes_per_second: "Written to all disks",
  network_received_bytes_per_second: "Received by all interfaces but the loopback one",
  network_sent_bytes_per_second: "Sent by all interfaces but the loopback one",
  agent_cpu_percent: "Load of the agent's own process, 100 for one core",
  agent_memory_bytes: "Memory of the agent's own process",
  workers_cpu_percent: "Load of the agent's workers with all that they started, 100 for one core",
  workers_memory_bytes: "Memory of the agent's workers with all that they started",
  workers_processes: "Processes of the agent's workers",
} as const;

export const gpuFigures = {
  gpu_busy_percent: "Load of a GPU, 0 to 100",
  gpu_memory_used_bytes: "Memory of a GPU that is in use",
  gpu_memory_total_bytes: "Memory that a GPU has",
  gpu_temperature_celsius: "Temperature of a GPU",
  gpu_power_watts: "What a GPU draws",
} as const;

export type FigureName = keyof typeof hostFigures | keyof typeof gpuFigures;

export interface HostFigure {
  readonly name: FigureName;
  readonly value: number;
  /** Index of the GPU that it is about; -1: the host. */
  readonly gpu: number;
}

/** What the host did not tell is absent. */
export function figuresOf(sample: HostSample): readonly HostFigure[] {
  const figures: HostFigure[] = [];
  const add = (name: FigureName, value: number | bigint | undefined, gpu = -1) => {
    if (value !== undefined) figures.push({ name, value: Number(value), gpu });
  };
  add("cpu_percent", sample.cpuPercent);
  add("memory_used_bytes", sample.memoryUsedBytes);
  add("memory_total_bytes", sample.memoryTotalBytes);
  add("disk_free_bytes", sample.diskFreeBytes);
  add("disk_total_bytes", sample.diskTotalBytes);
  add("disk_read_bytes_per_second", sample.diskReadBytesPerSecond);
  add("disk_written_bytes_per_second", sample.diskWrittenBytesPerSecond);
  add("network_received_bytes_per_second", sample.networkReceivedBytesPerSecond);
  add("network_sent_bytes_per_second", sample.networkSentBytesPerSecond);
  add("agent_cpu_percent", sample.agent?.cpuPercent);
  add("agent_memory_bytes", sample.agent?.memoryBytes);
  add("workers_cpu_percent", sample.allWorkers?.cpuPercent);
  add("workers_memory_bytes", sample.allWorkers?.memoryBytes);
  add("workers_processes", sample.allWorkers?.processes);
  for (const gpu of sample.gpus) {
    add("gpu_busy_percent", gpu.busyPercent, gpu.index);
    add("gpu_memory_used_bytes", gpu.memoryUsedBytes, gpu.index);
    add("gpu_memory_total_bytes", gpu.memoryTotalBytes, gpu.index);
    add("gpu_temperature_celsius", gpu.temperature, gpu.index);
    add("gpu_power_watts", gpu.power, gpu.index);
  }
  return figures;
}
