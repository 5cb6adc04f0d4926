import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { CordonAgentResponseSchema, type PolyglotService } from "@polyglot/contracts/service";
import type { Logger } from "@polyglot/service";
import { cordonAgent, countRunning } from "../store/cordons.ts";
import type { Queryable } from "../store/database.ts";
import { apiError } from "./api-error.ts";
import { callingUser, principalKey } from "./interceptor.ts";

export interface CordonParts {
  readonly database: Queryable;
  readonly logger: Logger;
}

/** Closes agents to new work, and opens them. */
export function cordonMethods({
  database,
  logger,
}: CordonParts): Pick<ServiceImpl<typeof PolyglotService>, "cordonAgent"> {
  return {
    async cordonAgent({ agentId, cordoned }, { values }) {
      const by = callingUser(values.get(principalKey));
      if (!(await cordonAgent(database, agentId, cordoned, by))) {
        throw apiError("agent/never-came", `no agent '${agentId}' ever came`, "agent_id");
      }
      logger.info({ agent: agentId, cordoned, by }, "an agent was closed or opened");
      return create(CordonAgentResponseSchema, { running: await countRunning(database, agentId) });
    },
  };
}
