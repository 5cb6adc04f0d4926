/** Which of the agents that may have an execution gets it. Pure but for what it is told to remember. */
import { createHash } from "node:crypto";
import type { NativeLanguage } from "@polyglot/contracts";
import type { RoutingRule } from "../../policies/routes.ts";
import { type AgentFacts, hasLabels, regionLabel } from "./agent-facts.ts";
import type { Traces } from "./traces.ts";

export type Strategy = RoutingRule["strategy"];

/** How a rule chooses; the labels that it requires have been looked at before. */
export interface Route {
  readonly strategy: Strategy;
  readonly prefer?: Readonly<Record<string, string>> | undefined;
  readonly avoid?: Readonly<Record<string, string>> | undefined;
  readonly region?: string | undefined;
  readonly affinity: RoutingRule["affinity"];
  /** The label over whose values executions of the pipeline are spread. */
  readonly spread?: string | undefined;
}

export const defaultRoute: Route = { strategy: "least-loaded", affinity: "none" };

export interface Candidate {
  readonly agent: AgentFacts;
  /** Places that it has granted and that are free. */
  readonly credits: number;
}

export interface Routed {
  readonly pipelineId: string;
  /** What has the same key goes to the same agent, as long as that one can have it. */
  readonly key: string;
  readonly languages: readonly NativeLanguage[];
}

/** Undefined where there is none. */
export function chooseAgent<One extends Candidate>(
  candidates: readonly One[],
  routed: Routed,
  route: Route,
  traces: Traces,
): One | undefined {
  const [only, ...others] = candidates;
  if (others.length === 0) return only;
  const ranked = candidates.map((one) => ({ one, rank: rankOf(one, routed, route, traces) }));
  return ranked.reduce((best, other) => (isBefore(other.rank, best.rank) ? other : best)).one;
}

/** Lower is better; the first difference decides. */
type Rank = readonly number[];

function rankOf({ agent, credits }: Candidate, routed: Routed, route: Route, traces: Traces): Rank {
  const { prefer, avoid, region, affinity, spread } = route;
  return [
    avoid !== undefined && hasLabels(agent, avoid) ? 1 : 0,
    region !== undefined && agent.labels[regionLabel] !== region ? 1 : 0,
    -matches(agent, prefer),
    affinity === "none" || isWhereLast(agent, affinity, routed.pipelineId, traces) ? 0 : 1,
    spread === undefined ? 0 : traces.running(routed.pipelineId, spread, agent.labels[spread] ?? ""),
    ...byStrategy(agent, credits, routed, route.strategy, traces),
  ];
}

const matches = ({ labels }: AgentFacts, prefer: Readonly<Record<string, string>> = {}): number =>
  Object.entries(prefer).filter(([name, value]) => labels[name] === value).length;

function isWhereLast(agent: AgentFacts, affinity: Route["affinity"], pipelineId: string, traces: Traces): boolean {
  const last = traces.last(pipelineId);
  if (last === undefined) return true;
  return affinity === "same-host" ? last.host === agent.host : last.agentId === agent.agentId;
}

function byStrategy(
  agent: AgentFacts,
  credits: number,
  { key, languages }: Routed,
  strategy: Strategy,
  traces: Traces,
): Rank {
  switch (strategy) {
    case "least-loaded":
      return [loadStep(agent, credits), -traces.warmth(agent.agentId, languages), -credits];
    case "round-robin":
      return [traces.lastTurn(agent.agentId)];
    case "hash":
      return [-weightOf(key, agent.agentId)];
    case "bin-pack":
      return [credits];
  }
}

/** Steps of load: within one of them what is warm comes first, so that a cold agent gets work as well. */
const loadSteps = 8;

const loadStep = ({ capacity }: AgentFacts, credits: number): number =>
  capacity <= 0 ? 0 : Math.floor(loadSteps * (1 - Math.min(1, credits / capacity)));

/** The highest weight wins: when an agent comes or goes, only its own keys move. */
function weightOf(key: string, agentId: string): number {
  return createHash("sha256").update(`${agentId}\n${key}`).digest().readUInt32BE(0);
}

function isBefore(a: Rank, b: Rank): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}
