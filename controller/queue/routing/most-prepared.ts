/** Work goes where it is prepared: a pure choice, before those by room and by rules. */

/**
 * Of an agent for one plan: its code and what is built of it are there, are being made or not heard of yet, or cannot be
 * had there.
 */
export type Standing = "ready" | "building" | "failed";

const order = ["ready", "building", "failed"] as const satisfies readonly Standing[];

/**
 * Those that are furthest, whether they have room now or not: that comes sooner than the end of a build. What fails
 * everywhere may go anywhere, where its error says why.
 */
export function mostPrepared<Agent>(
  agents: readonly Agent[],
  standingOf: (agent: Agent) => Standing,
): readonly Agent[] {
  if (agents.length < 2) return agents;
  const standings = agents.map((agent) => [agent, standingOf(agent)] as const);
  const best = order.find((standing) => standings.some(([, own]) => own === standing));
  return standings.flatMap(([agent, own]) => (own === best ? [agent] : []));
}
