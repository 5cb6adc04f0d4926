/** When what an execution uses is more than it may: a pure decision. */
import type { PlanBody } from "@polyglot/contracts";
import type { RaisedError } from "../runtimes/native-call.ts";
import { raised } from "./raised.ts";
import type { UsageReading } from "./usage.ts";

/** What percentages are of, and how long is looked at. */
export interface HostShare {
  readonly cores: number;
  /** What a worker may have, else what the host has. */
  readonly memoryBytes: number;
  /** CPU is taken on the mean of so long: imports and bursts are no excess. */
  readonly cpuWindowMs: number;
  /** Between two looks. */
  readonly lookMs: number;
}

export const defaultLook = { cpuWindowMs: 5_000, lookMs: 100 } as const;

export interface Bounds {
  readonly cpuPercent?: number;
  readonly memoryBytes?: number;
}

export interface Excess {
  readonly measure: "cpu" | "memory";
  /** Percent of the cores, or bytes. */
  readonly used: number;
  readonly limit: number;
  /** The step that uses most of it. */
  readonly node: string;
}

/** Undefined where neither CPU nor memory is limited. */
export function boundsOf(kill: PlanBody["kill"], host: HostShare): Bounds | undefined {
  const { cpu_percent: cpuPercent, memory_bytes: bytes, memory_percent: percent } = kill ?? {};
  const memoryBytes = bytes ?? (percent === undefined ? undefined : (percent / 100) * host.memoryBytes);
  if (cpuPercent === undefined && memoryBytes === undefined) return undefined;
  return { ...(cpuPercent !== undefined && { cpuPercent }), ...(memoryBytes !== undefined && { memoryBytes }) };
}

/** `readings`: from the oldest on, the last one is now. */
export function excessOf(readings: readonly UsageReading[], bounds: Bounds, host: HostShare): Excess | undefined {
  const now = readings.at(-1);
  if (now === undefined) return undefined;
  if (bounds.memoryBytes !== undefined && now.memoryBytes > bounds.memoryBytes) {
    return { measure: "memory", used: now.memoryBytes, limit: bounds.memoryBytes, node: now.largest };
  }
  const used = bounds.cpuPercent === undefined ? undefined : meanPercent(readings, now, host);
  if (used === undefined || bounds.cpuPercent === undefined || used <= bounds.cpuPercent) return undefined;
  return { measure: "cpu", used, limit: bounds.cpuPercent, node: now.busiest };
}

/** Undefined until a whole window has passed. */
function meanPercent(readings: readonly UsageReading[], now: UsageReading, host: HostShare): number | undefined {
  const then = readings.findLast(({ at }) => now.at - at >= host.cpuWindowMs);
  return then === undefined ? undefined : ((now.cpuMs - then.cpuMs) / (now.at - then.at) / host.cores) * 100;
}

export function errorOf({ measure, used, limit, node }: Excess, host: HostShare): RaisedError {
  const place = node === "" ? "" : `, at step ${node}`;
  if (measure === "memory") return raised("OOMError", `used ${mb(used)} MB, limit ${mb(limit)} MB${place}`);
  const mean = `used ${used.toFixed(1)} % of ${host.cores} cores on the mean of ${host.cpuWindowMs / 1000} s`;
  return raised("CpuThrottleError", `${mean}, limit ${limit} %${place}`);
}

/** Of 2^20 bytes, as much as is needed to tell two apart. */
const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
