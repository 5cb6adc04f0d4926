/** What is asked of a worker beyond what every worker of this host has, and whether this host can do it. Pure. */
import { type Sandbox, sandboxLayers } from "@polyglot/contracts";
import type { ContainmentReport, FurtherLayer, Layer } from "./containment.ts";
import type { WorkerLimits } from "./worker-limits.ts";

export interface Confinement {
  /** Cores that its processes share; parts of one are allowed. */
  readonly cores?: number;
  readonly maxMemoryBytes?: number;
  readonly maxDiskBytes?: number;
  readonly maxProcesses?: number;
  /** It reaches nothing, its own host neither. */
  readonly network?: "none";
  /** How far it has to be kept apart. */
  readonly sandbox?: Sandbox;
}

/** Layers without which a sandbox of each level is none. */
const demanded: Readonly<Record<Sandbox, readonly Layer[] | "all">> = { ...sandboxLayers, strict: "all" };

/** A sentence where this host lacks what is demanded. */
export function problemOfConfinement(asked: Confinement, { missing, further }: ContainmentReport): string | undefined {
  const layers = demanded[asked.sandbox ?? "none"];
  const lacking = missing.filter(({ layer }) => layers === "all" || layers.includes(layer));
  if (lacking.length > 0) {
    const reasons = lacking.map(({ layer, reason }) => `${layer} (${reason})`).join(", ");
    return `this agent cannot keep it apart as the sandbox '${asked.sandbox}' demands; missing: ${reasons}`;
  }
  const lacks = (layer: FurtherLayer): boolean => !further.includes(layer);
  if (asked.network === "none" && lacks("network-namespace")) {
    return "this agent cannot keep it off the network: no network namespace can be made here";
  }
  if (asked.cores !== undefined && lacks("cpu-quota")) {
    return `this agent cannot hold it to ${asked.cores} cores: there is no control group of CPU here`;
  }
  return undefined;
}

/** The stricter of each. */
export function limitsWith(own: WorkerLimits, asked: Confinement | undefined): WorkerLimits {
  if (asked === undefined) return own;
  const { cores, maxMemoryBytes = own.maxMemoryBytes, maxDiskBytes, maxProcesses } = asked;
  return {
    ...own,
    maxDiskBytes: Math.min(own.maxDiskBytes, maxDiskBytes ?? own.maxDiskBytes),
    maxProcesses: Math.min(own.maxProcesses, maxProcesses ?? own.maxProcesses),
    ...(maxMemoryBytes === undefined
      ? {}
      : { maxMemoryBytes: Math.min(maxMemoryBytes, own.maxMemoryBytes ?? maxMemoryBytes) }),
    ...(cores === undefined ? {} : { maxCores: cores }),
  };
}

/** Workers that are confined in the same way may be shared. */
export function keyOfConfinement(asked: Confinement | undefined): string {
  if (asked === undefined) return "";
  const { cores, maxMemoryBytes, maxDiskBytes, maxProcesses, network } = asked;
  return [cores, maxMemoryBytes, maxDiskBytes, maxProcesses, network].map((part) => part ?? "").join(" ");
}
