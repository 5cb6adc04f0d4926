/** What a condition reads of hosts, from what they told of themselves last. Pure. */
import type { HostSample } from "@polyglot/contracts/service";
import { type Condition, isPerHost } from "./condition.ts";

export interface HostState {
  readonly host: string;
  readonly sample: HostSample | undefined;
  readonly checks: ReadonlyMap<string, CheckState>;
}

export interface CheckState {
  readonly holds: boolean;
  readonly problem: string;
}

export interface Reading {
  /** The figure, or 1 and 0 of a check. */
  readonly value: number;
  readonly holds: boolean;
  /** It does not go on holding. */
  readonly clears: boolean;
}

/** By site; a host that has not told it yet has none. */
export function readingsOf(condition: Condition, hosts: readonly HostState[]): ReadonlyMap<string, Reading> {
  const { on } = condition.options;
  const counted = hosts.filter(({ host }) => on === undefined || host === on);
  const own = counted.flatMap((state) => {
    const reading = readingOf(condition, state);
    return reading === undefined ? [] : [[state.host, reading] as const];
  });
  if (isPerHost(condition)) return new Map(own);
  const together = combine(
    condition,
    own.map(([, reading]) => reading),
    counted.length,
  );
  return new Map(together === undefined ? [] : [["", together]]);
}

function readingOf(condition: Condition, { sample, checks }: HostState): Reading | undefined {
  const { threshold, trigger } = condition;
  if (threshold === undefined) {
    const check = checks.get(condition.key);
    return check && { value: check.holds ? 1 : 0, holds: check.holds, clears: !check.holds };
  }
  const value = sample && figureOf(trigger.name, sample);
  return value === undefined ? undefined : against(threshold, value);
}

function against({ is, limit, clear }: NonNullable<Condition["threshold"]>, value: number): Reading {
  return is === "above"
    ? { value, holds: value > limit, clears: value <= clear }
    : { value, holds: value < limit, clears: value >= clear };
}

/** A host that cannot be read keeps `all` from holding, and is left out of a mean. */
function combine(condition: Condition, own: readonly Reading[], asked: number): Reading | undefined {
  if (own.length === 0) return undefined;
  const mean = own.reduce((sum, { value }) => sum + value, 0) / own.length;
  if (condition.options.across === "average" && condition.threshold) return against(condition.threshold, mean);
  const holds = own.length === asked && own.every((one) => one.holds);
  return { value: mean, holds, clears: own.some((one) => one.clears) };
}

const share = (part: bigint, whole: bigint): number | undefined =>
  whole === 0n ? undefined : (Number(part) / Number(whole)) * 100;

function figureOf(name: string, sample: HostSample): number | undefined {
  const [, word = ""] = /^T\.System\.Resource\.(\w+(?:\.Traffic)?)/.exec(name) ?? [];
  switch (word) {
    case "Cpu":
      return sample.cpuPercent;
    case "Memory":
      return share(sample.memoryUsedBytes, sample.memoryTotalBytes);
    case "DiskSpace":
      return share(sample.diskFreeBytes, sample.diskTotalBytes);
    case "Network.Traffic":
      return sample.networkReceivedBytesPerSecond + sample.networkSentBytesPerSecond;
    case "Gpu":
      return busiestGpu(sample, name.endsWith("Below"));
    default:
      return undefined;
  }
}

/** Of several GPUs the busiest counts for `Above`, and the idlest for `Below`. */
function busiestGpu({ gpus }: HostSample, isIdlest: boolean): number | undefined {
  const busy = gpus.flatMap(({ busyPercent }) => busyPercent ?? []);
  if (busy.length === 0) return undefined;
  return isIdlest ? Math.min(...busy) : Math.max(...busy);
}
