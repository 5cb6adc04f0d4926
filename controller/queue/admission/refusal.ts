/** Why an agent does not get an execution now: one word, and the numbers for a person. Pure. */
import type { NativeLanguage } from "@polyglot/contracts";
import {
  type AgentFacts,
  type ConnectedAgentFacts,
  type HostLoad,
  hasLabels,
  type Reserved,
} from "../routing/agent-facts.ts";
import type { Demand } from "./demand.ts";
import { freeOf } from "./free-resources.ts";

export type RefusalReason =
  | "cordoned"
  | "host"
  | "runtime"
  | "containment"
  | "labels"
  | "places"
  | "cpu"
  | "memory"
  | "disk"
  | "gpu"
  | "load-unknown";

export interface Refusal {
  readonly agentId: string;
  readonly reason: RefusalReason;
  /** `host h1 has 812 MB free, needs 2,048` */
  readonly message: string;
}

type Said = Omit<Refusal, "agentId"> | undefined;

/** What does not change while the agent is connected. */
export function lackOf(
  demand: Demand,
  agent: ConnectedAgentFacts,
  require: Readonly<Record<string, string>>,
): Refusal | undefined {
  const found = runtimeLack(demand, agent) ?? containmentLack(demand, agent) ?? labelLack(agent, require);
  return found && { agentId: agent.agentId, ...found };
}

/** What its load and its places say at this moment. */
export function shortageOf(
  demand: Demand,
  agent: Pick<AgentFacts, "agentId" | "host" | "cores">,
  load: HostLoad | undefined,
  reserved: Reserved,
): Refusal | undefined {
  if (!asksForLoad(demand)) return undefined;
  const found = load === undefined ? unknownLoad(agent.host) : shortage(demand, agent, load, reserved);
  return found && { agentId: agent.agentId, ...found };
}

/** Most executions ask for nothing: then no load is looked at. */
export function asksForLoad({ requests, free }: Demand): boolean {
  return Object.values(requests).some((amount) => amount > 0) || Object.keys(free).length > 0;
}

const unknownLoad = (host: string): Said => ({
  reason: "load-unknown",
  message: `host ${host} has not told its load yet`,
});

function shortage(
  { requests, free: wanted, learnedRuns }: Demand,
  { host, cores }: Pick<AgentFacts, "host" | "cores">,
  load: HostLoad,
  reserved: Reserved,
): Said {
  const free = freeOf(load, cores, reserved);
  const bySight = learnedRuns === undefined ? "" : `, as ${learnedRuns.toLocaleString("en-US")} runs took`;
  const memory = Math.max(requests.memoryBytes, wanted.memoryBytes ?? 0);
  if (free.memoryBytes < memory) {
    return {
      reason: "memory",
      message: `host ${host} has ${mb(free.memoryBytes)} MB free, needs ${mb(memory)}${bySight}`,
    };
  }
  if (cores > 0 && free.cores < requests.cores) {
    const has = `${free.cores.toFixed(1)} of ${cores} cores that are not set aside`;
    return { reason: "cpu", message: `host ${host} has ${has}, needs ${requests.cores}${bySight}` };
  }
  if (free.cpuPercent < (wanted.cpuPercent ?? 0)) {
    const has = `${Math.round(free.cpuPercent)} % of its CPU free`;
    return { reason: "cpu", message: `host ${host} has ${has}, needs ${wanted.cpuPercent} %` };
  }
  const disk = Math.max(requests.diskBytes, wanted.diskBytes ?? 0);
  if (load.diskFreeBytes < disk) {
    return { reason: "disk", message: `host ${host} has ${mb(load.diskFreeBytes)} MB of disk free, needs ${mb(disk)}` };
  }
  return gpuShortage(requests.gpus, wanted.gpuPercent, host, load, reserved);
}

function gpuShortage(
  gpus: number,
  percent: number | undefined,
  host: string,
  load: HostLoad,
  reserved: Reserved,
): Said {
  const left = load.gpus.length - reserved.gpus;
  if (left < gpus)
    return { reason: "gpu", message: `host ${host} has ${left} GPUs that are not set aside, needs ${gpus}` };
  if (percent === undefined) return undefined;
  const best = load.gpus.length === 0 ? 0 : 100 - Math.min(...load.gpus.map(({ busyPercent }) => busyPercent));
  if (best >= percent) return undefined;
  return { reason: "gpu", message: `host ${host} has ${Math.round(best)} % of a GPU free, needs ${percent} %` };
}

function runtimeLack({ runtimes }: Demand, agent: AgentFacts): Said {
  for (const { language, version } of runtimes) {
    const own = agent.runtimes.filter((runtime) => runtime.language === language);
    if (own.some((runtime) => offers(language, runtime.version, version))) continue;
    const asked = version === undefined ? titles[language] : `${titles[language]} ${version}`;
    const there = own.map((runtime) => runtime.version).join(", ") || "none";
    return { reason: "runtime", message: `agent ${agent.agentId} has no ${asked}; it has ${there}` };
  }
  return undefined;
}

const titles: Readonly<Record<NativeLanguage, string>> = { py: "Python", js: "Node.js", rust: "Rust", cpp: "C++" };

/** A version of Rust or C++ is a standard, which only the agent can tell of its compiler. */
function offers(language: NativeLanguage, version: string, wanted: string | undefined): boolean {
  if (wanted === undefined || language === "rust" || language === "cpp") return true;
  const has = version.split(".");
  return wanted.split(".").every((part, at) => Number(part) === Number(has[at]));
}

function containmentLack({ layers, isStrict }: Demand, agent: ConnectedAgentFacts): Said {
  const missing = layers.filter((layer) => !agent.layers.has(layer));
  if (missing.length === 0 && (agent.isStrong || !isStrict)) return undefined;
  const lacks = missing.length === 0 ? "not all layers of containment" : `no ${missing.join(", ")}`;
  return { reason: "containment", message: `agent ${agent.agentId} has ${lacks}, which a policy demands` };
}

function labelLack(agent: AgentFacts, require: Readonly<Record<string, string>>): Said {
  if (hasLabels(agent, require)) return undefined;
  const wanted = Object.entries(require).map(([name, value]) => `${name}=${value}`);
  return { reason: "labels", message: `agent ${agent.agentId} has not the labels ${wanted.join(", ")}` };
}

const mb = (bytes: number): string => Math.max(0, Math.floor(bytes / 2 ** 20)).toLocaleString("en-US");
