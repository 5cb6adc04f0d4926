/** Agents that people have closed to new work. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const cordonQuery = sqlFile("cordon-agent");
const countRunningQuery = sqlFile("count-running-on-agent");
const readQuery = sqlFile("read-cordoned");

/** Agents that were closed or opened; the payload is the agent. */
export const agentsChannel = "polyglot_agents";

/** False where no agent of that name ever came. */
export async function cordonAgent(
  database: Queryable,
  agentId: string,
  isCordoned: boolean,
  by: string,
): Promise<boolean> {
  return (await database.query(cordonQuery, [agentId, isCordoned, by])).length > 0;
}

/** Executions that run on the agent, whoever owns their shards. */
export async function countRunning(database: Queryable, agentId: string): Promise<number> {
  const [row] = await database.query<{ running: number }>(countRunningQuery, [agentId]);
  return row?.running ?? 0;
}

export async function readCordoned(database: Queryable): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ agent_id: string }>(readQuery);
  return new Set(rows.map((row) => row.agent_id));
}
