/** What an agent asks of a controller. Its identity is its certificate's, whatever a request says. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { parseAgentId, parseBundleDigest } from "@polyglot/contracts";
import {
  type AgentService,
  BundleChunkSchema,
  JoinResponseSchema,
  RenewCertificateResponseSchema,
} from "@polyglot/contracts/service";
import type { Logger } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { readBundleArchive } from "../store/plans.ts";
import { takeJoinToken } from "../store/tokens.ts";
import { checkpointMethods } from "./agent-checkpoints.ts";
import { type AgentStreamParts, serveAgent } from "./agent-stream.ts";
import { apiError } from "./api-error.ts";
import { connectionMethods } from "./connection-methods.ts";
import { hashToken } from "./authorise.ts";
import { type Authority, InvalidCertificateRequest } from "./authority.ts";
import { callingAgent, principalKey } from "./interceptor.ts";
import { agentArtifactMethods } from "./artifacts.ts";
import { type CacheParts, cacheMethods } from "./cache-methods.ts";
import { type SecretMethodParts, secretMethods } from "./secret-methods.ts";
import { type StartParts, startMethods } from "./start-methods.ts";
import { type StateParts, stateMethods } from "./state-methods.ts";
import { untilAborted } from "./until-aborted.ts";

const chunkBytes = 256 * 1024;

export interface AgentServiceParts extends StateParts, StartParts, CacheParts, SecretMethodParts {
  readonly database: Database;
  readonly authority: Authority;
  readonly logger: Logger;
  readonly stream: AgentStreamParts;
}

export function createAgentService(parts: AgentServiceParts): ServiceImpl<typeof AgentService> {
  const { authority, database, logger, stream } = parts;
  return {
    async join({ token, agentId: wanted, certificateRequest }) {
      const agentId = parseAgentId(wanted);
      if (agentId === undefined) {
        const message = `an agent's name has 1 to 63 lower-case letters, digits, dots and hyphens, got '${wanted}'`;
        throw apiError("request/invalid", message, "agent_id");
      }
      // The request is checked before the token is used up.
      const certificate = await sign(() => authority.signAgent(agentId, certificateRequest));
      if (!(await takeJoinToken(database, hashToken(token)))) {
        throw apiError("join/token", "the join token is unknown, used or expired", "token");
      }
      logger.info({ agent: agentId }, "an agent joined");
      return create(JoinResponseSchema, { certificate, certificateAuthority: authority.certificate });
    },

    async renewCertificate({ certificateRequest }, { values }) {
      const agentId = callingAgent(values.get(principalKey));
      const certificate = await sign(() => authority.signAgent(agentId, certificateRequest));
      return create(RenewCertificateResponseSchema, { certificate });
    },

    // A controller that stops ends the stream, and the agent turns to another one.
    connect: (messages, { values, signal }) =>
      serveAgent(callingAgent(values.get(principalKey)), untilAborted(messages, signal), stream),

    ...stateMethods(parts),
    ...checkpointMethods(database),
    ...cacheMethods(parts),
    ...agentArtifactMethods(parts),
    ...startMethods(parts),
    ...secretMethods(parts),
    ...connectionMethods(parts),

    async *fetchBundle({ bundleDigest }) {
      const digest = parseBundleDigest(bundleDigest);
      const archive = digest === undefined ? undefined : await readBundleArchive(database, digest);
      if (archive === undefined)
        throw apiError("request/invalid", `no bundle '${bundleDigest.slice(0, 100)}'`, "bundle_digest");
      for (let at = 0; at < archive.length; at += chunkBytes) {
        yield create(BundleChunkSchema, { data: archive.subarray(at, at + chunkBytes) });
      }
    },
  };
}

async function sign(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidCertificateRequest) {
      throw apiError("request/invalid", error.message, "certificate_request");
    }
    throw error;
  }
}
