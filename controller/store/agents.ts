import type { AgentId } from "@polyglot/contracts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const openSessionQuery = sqlFile("open-session");
const renewAgentsQuery = sqlFile("renew-agents");
const expireAgentsQuery = sqlFile("expire-agents");
const readHeldSessionsQuery = sqlFile("read-held-sessions");

/** Starts a lease for one process of an agent; an older session of the same agent ends by that. */
export async function openSession(
  database: Queryable,
  agentId: AgentId,
  sessionId: string,
  leaseMs: number,
  hello: object,
): Promise<void> {
  await database.query(openSessionQuery, [agentId, sessionId, leaseMs, JSON.stringify(hello)]);
}

export interface Renewal {
  readonly agentId: AgentId;
  readonly sessionId: string;
  readonly sample: object | null;
}

/** Answers the agents whose lease was renewed; the others' sessions are over and stay so. */
export async function renewAgents(
  database: Queryable,
  renewals: readonly Renewal[],
  leaseMs: number,
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ agent_id: string }>(renewAgentsQuery, [
    renewals.map((one) => one.agentId),
    renewals.map((one) => one.sessionId),
    renewals.map((one) => (one.sample === null ? null : JSON.stringify(one.sample))),
    leaseMs,
  ]);
  return new Set(rows.map((row) => row.agent_id));
}

/** Ends sessions whose lease is over. Answers their agents. */
export async function expireAgents(database: Queryable): Promise<readonly string[]> {
  return (await database.query<{ agent_id: string }>(expireAgentsQuery)).map((row) => row.agent_id);
}

/** Of these sessions, those that hold their lease. */
export async function readHeldSessions(
  database: Queryable,
  sessionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ session_id: string }>(readHeldSessionsQuery, [sessionIds]);
  return new Set(rows.map((row) => row.session_id));
}
