/** What is known of an agent when work is given out. */
import type { NativeLanguage } from "@polyglot/contracts";

export interface AgentFacts {
  readonly agentId: string;
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that can be used. */
  readonly runtimes: readonly { readonly language: NativeLanguage; readonly version: string }[];
  /** Of containment, those that only some executions ask for too. */
  readonly layers: ReadonlySet<string>;
  /** Executions at once. */
  readonly capacity: number;
  /** Of the host; 0: the agent does not say. */
  readonly cores: number;
}

export interface ConnectedAgentFacts extends AgentFacts {
  /** Every layer of containment that there is. */
  readonly isStrong: boolean;
}

/** How loaded its host was at the last heartbeat. */
export interface HostLoad {
  /** Of all cores. */
  readonly cpuPercent: number;
  readonly memoryTotalBytes: number;
  readonly memoryUsedBytes: number;
  /** Of what is used: the agent's workers. */
  readonly workerMemoryBytes: number;
  readonly diskFreeBytes: number;
  readonly gpus: readonly { readonly busyPercent: number }[];
}

/** What executions asked for that run on an agent. */
export interface Reserved {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly gpus: number;
}

export const nothingReserved: Reserved = { cores: 0, memoryBytes: 0, gpus: 0 };

/** The label by which rules know a region. */
export const regionLabel = "region";

export const hasLabels = ({ labels }: Pick<AgentFacts, "labels">, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);
