/** Why no agent has an execution now, in one word and one sentence, with what each of them says. Pure. */
import type { RefusalReason } from "../admission/refusal.ts";
import type { Blocking } from "./blocking.ts";
import type { WaitFacts } from "./wait-facts.ts";

/** The reason that is nearest to its end decides: a place gets free sooner than a label changes. */
const conditionOf = {
  places: "agent-places",
  cpu: "resources",
  memory: "resources",
  disk: "resources",
  gpu: "resources",
  "load-unknown": "resources",
  cordoned: "routing",
  labels: "routing",
  containment: "routing",
  runtime: "routing",
  host: "routing",
} as const satisfies Record<RefusalReason, string>;

const nearestFirst = ["agent-places", "resources", "routing"] as const;

const limits = {
  /** Agents that an answer tells of. */
  agents: 10,
} as const;

export function noAgent({ agents: { connected, refusals }, execution: { host } }: WaitFacts): Blocking | undefined {
  if (connected === 0) {
    const where = host === null ? "" : `; it needs one on host ${host}, where its file is`;
    return { condition: "no-agent", scope: "queue", message: `no agent is connected${where}`, isOpenEnded: true };
  }
  if (refusals.length < connected) return undefined;
  const condition = nearestFirst.find((one) => refusals.some(({ reason }) => conditionOf[reason] === one)) ?? "routing";
  const [nearest, ...others] = refusals.filter(({ reason }) => conditionOf[reason] === condition);
  const rest = [...others, ...refusals.filter((one) => conditionOf[one.reason] !== condition)];
  const more = rest.length > 0 ? `, and ${rest.length} other agents cannot have it either` : "";
  return {
    ...{ condition, scope: "queue", message: `${nearest?.message ?? "no agent may have it"}${more}` },
    details: rest.slice(0, limits.agents).map(({ message }) => message),
    // When a host has more free, no history tells.
    ...(condition !== "agent-places" && { isOpenEnded: true }),
  };
}
