/** Which rule is for a pipeline, and which agents are of a pool. Pure. */
import type { ExecutionerPoolSpec, PipelineId, RoutingPolicySpec } from "@polyglot/contracts";
import { closeness, fits } from "./selects.ts";

export type RoutingRule = RoutingPolicySpec["rules"][number];

export interface DeclaredRoutes {
  readonly name: string;
  readonly spec: RoutingPolicySpec;
}

export interface DeclaredPool {
  readonly name: string;
  readonly spec: ExecutionerPoolSpec;
}

/** The first that matches: policies by name, the rules of each in their order. */
export function ruleFor(id: PipelineId, policies: readonly DeclaredRoutes[]): RoutingRule | undefined {
  const inOrder = [...policies].sort((a, b) => (a.name < b.name ? -1 : 1));
  return inOrder.flatMap(({ spec }) => spec.rules).find(({ match }) => closeness(match, id) !== undefined);
}

export interface NamedAgent {
  readonly agentId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** All parts of a selector have to fit. */
export function isOfPool({ agentId, labels }: NamedAgent, selector: ExecutionerPoolSpec["selector"]): boolean {
  const isNamed = selector.agents?.some((pattern) => fits(pattern, agentId)) ?? true;
  return isNamed && Object.entries(selector.labels ?? {}).every(([name, value]) => labels[name] === value);
}
