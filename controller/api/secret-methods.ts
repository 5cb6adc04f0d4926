/** Values of secrets, for the steps of running attempts. Each hand-over is said in the controller's log, without the value. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { splitPipelineId } from "@polyglot/contracts";
import { type AgentService, GetSecretResponseSchema } from "@polyglot/contracts/service";
import type { Logger } from "@polyglot/service";
import type { PolicyBook } from "../policies/policy-book.ts";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { SecretRead, SecretSources } from "../secrets/secret-sources.ts";
import type { Queryable } from "../store/database.ts";
import { getSecret } from "../store/secrets.ts";
import { apiError } from "./api-error.ts";
import { checkName } from "./canonical-bytes.ts";
import { runningStep, staleAttempt } from "./step-calls.ts";

export const secretNameCharacters = 63;

export interface SecretMethodParts {
  readonly database: Queryable;
  readonly queue: Pick<QueueManager, "callerOf">;
  readonly secrets: Pick<SecretSources, "read">;
  readonly policies: Pick<PolicyBook, "secretFor">;
  readonly logger: Logger;
}

export function secretMethods(parts: SecretMethodParts): Pick<ServiceImpl<typeof AgentService>, "getSecret"> {
  const { database, queue, secrets, policies, logger } = parts;
  return {
    async getSecret({ step: calling, name: asked }, context) {
      const step = await runningStep(calling, context, queue);
      const { executionId, pipelineId } = step;
      const name = policies.secretFor(pipelineId, checkName(asked, secretNameCharacters, "name"));
      const stored = await getSecret(database, step, name);
      if (stored === "stale") throw staleAttempt(step);
      const read = await secrets.read(name, stored, splitPipelineId(pipelineId).namespace);
      logger.info({ secret: name, executionId, pipelineId, answer: read.kind }, "a step asked for a secret");
      if (read.kind !== "value") throw refusal(read);
      return create(GetSecretResponseSchema, { value: read.value });
    },
  };
}

const codes = {
  unknown: "secret/unknown",
  forbidden: "auth/forbidden",
  unavailable: "secret/no-value",
} as const satisfies Record<Exclude<SecretRead["kind"], "value">, string>;

export const refusal = ({ kind, message }: Exclude<SecretRead, { kind: "value" }>) =>
  apiError(codes[kind], message, "name");
