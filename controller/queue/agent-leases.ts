import { type AgentId, defaults } from "@polyglot/contracts";
import { GroupCommit } from "@polyglot/service";
import { openSession, renewAgents, type Renewal } from "../store/agents.ts";
import type { Database } from "../store/database.ts";

const groupLimits = { maxItems: 500, maxConcurrent: 1 } as const;

/** Leases of agents: one row for all that an agent runs, so that a heartbeat costs the same at any load. */
export class AgentLeases {
  readonly #database: Database;
  readonly #leaseMs: number;
  readonly #renewals: GroupCommit<Renewal, boolean>;

  constructor(database: Database, leaseMs: number = defaults.leaseMs) {
    this.#database = database;
    this.#leaseMs = leaseMs;
    this.#renewals = new GroupCommit((renewals) => this.#renew(renewals), groupLimits);
  }

  /** `hello`: what the agent says of itself, as listings show it. */
  open(agentId: AgentId, sessionId: string, hello: object): Promise<void> {
    return openSession(this.#database, agentId, sessionId, this.#leaseMs, hello);
  }

  /** Whether the lease was renewed; false: the session is over and stays so. */
  renew(renewal: Renewal): Promise<boolean> {
    return this.#renewals.add(renewal);
  }

  async #renew(renewals: readonly Renewal[]): Promise<boolean[]> {
    const renewed = await renewAgents(this.#database, renewals, this.#leaseMs);
    return renewals.map((one) => renewed.has(one.agentId));
  }
}
