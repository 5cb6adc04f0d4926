/** Load of a host, in few words. */
import type { GpuSample, ProcessUsage } from "@polyglot/contracts/service";
import { formatBytes } from "./amounts.ts";

/** Bytes per second of two directions. */
export function ratePair(first: number | undefined, second: number | undefined): string {
  return first === undefined || second === undefined ? "" : `${rateText(first)} / ${rateText(second)}`;
}

export const rateText = (bytes: number | undefined): string =>
  bytes === undefined ? "" : formatBytes(BigInt(Math.round(bytes)));

/** Processor time of one core and memory; empty where no process is known. */
export function usageText(usage: ProcessUsage | undefined): string {
  if (usage === undefined) return "";
  return `${usage.processes}: ${Math.round(usage.cpuPercent)}%, ${formatBytes(usage.memoryBytes)}`;
}

/** Load and memory of each GPU; nothing on a host without. */
export const gpuText = (gpus: readonly GpuSample[]): string =>
  gpus
    .map((gpu) =>
      [busyText(gpu), `${formatBytes(gpu.memoryUsedBytes)} of ${formatBytes(gpu.memoryTotalBytes)}`]
        .filter(Boolean)
        .join(" "),
    )
    .join(", ");

/** Of all GPUs that say it, the mean. */
export function gpuBusyText(gpus: readonly GpuSample[]): string {
  const busy = gpus.flatMap(({ busyPercent }) => (busyPercent === undefined ? [] : [busyPercent]));
  if (busy.length === 0) return "";
  return `${Math.round(busy.reduce((sum, one) => sum + one, 0) / busy.length)}%`;
}

const busyText = ({ busyPercent }: GpuSample): string =>
  busyPercent === undefined ? "" : `${Math.round(busyPercent)}%`;
