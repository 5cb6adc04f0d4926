/** What an execution must find on an agent before it goes there: worked out once for each plan and state of the objects. Pure. */
import { type NativeLanguage, nativeUsesOf, type Plan, sandboxLayers } from "@polyglot/contracts";
import type { EffectiveSettings } from "../../policies/effective-settings.ts";
import type { ObservedPeak } from "../../store/observed-peaks.ts";

/** What a host must have free, whatever runs there. */
export interface FreeThreshold {
  readonly cpuPercent?: number;
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly gpuPercent?: number;
}

export interface Demand {
  readonly runtimes: readonly { readonly language: NativeLanguage; readonly version?: string }[];
  /** Of containment. */
  readonly layers: readonly string[];
  /** Every layer that there is. */
  readonly isStrict: boolean;
  /** What is set aside for it while it runs. */
  readonly requests: {
    readonly cores: number;
    readonly memoryBytes: number;
    readonly gpus: number;
    readonly diskBytes: number;
  };
  readonly free: FreeThreshold;
  /** Of so many runs the cores and the memory were learned; absent: they are those that objects ask for. */
  readonly learnedRuns?: number;
}

/** What is set aside beyond the peaks that were seen. */
const headroom = 1.15;

/** `peak`: what runs were seen to take; undefined where the policy does not learn, or too few ran. */
export function demandOf(
  plan: Plan,
  settings: EffectiveSettings,
  free: FreeThreshold = {},
  peak?: ObservedPeak,
): Demand {
  const sandbox = settings.get("sandbox") ?? "none";
  const layers: string[] = sandbox === "strict" ? [] : [...sandboxLayers[sandbox]];
  if (settings.get("network") === "none") layers.push("network-namespace");
  if (settings.get("limits.cpu") !== undefined) layers.push("cpu-quota");
  return {
    runtimes: runtimesOf(plan),
    layers,
    isStrict: sandbox === "strict",
    requests: {
      cores: within(settings, "requests.cpu", "limits.cpu", peak && tenths(peak.cores * headroom)),
      memoryBytes: within(settings, "requests.memory", "limits.memory", peak && wholeMb(peak.memoryBytes * headroom)),
      gpus: settings.get("requests.gpu") ?? 0,
      diskBytes: within(settings, "requests.disk", "limits.disk"),
    },
    free,
    ...(peak !== undefined && { learnedRuns: peak.runs }),
  };
}

const tenths = (cores: number): number => Math.ceil(cores * 10) / 10;
const wholeMb = (bytes: number): number => Math.ceil(bytes / 2 ** 20) * 2 ** 20;

/** What one object asks for and another one limits: no more than the limit. */
function within(
  settings: EffectiveSettings,
  asked: "requests.cpu" | "requests.memory" | "requests.disk",
  limit: "limits.cpu" | "limits.memory" | "limits.disk",
  learned?: number,
): number {
  return Math.min(learned ?? settings.get(asked) ?? 0, settings.get(limit) ?? Number.POSITIVE_INFINITY);
}

function runtimesOf(plan: Plan): Demand["runtimes"] {
  const uses = nativeUsesOf(plan).map(({ target, version }) => ({
    language: target.lang,
    ...(version === undefined ? {} : { version }),
  }));
  return [...new Map(uses.map((use) => [`${use.language} ${use.version ?? ""}`, use])).values()];
}
