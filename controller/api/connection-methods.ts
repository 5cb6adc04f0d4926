/** Connections with their credentials, for the steps of running attempts. Each hand-over is said in the controller's log, without them. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type ConnectionSpec,
  connection,
  isConnectionType,
  isForNamespace,
  splitPipelineId,
} from "@polyglot/contracts";
import { type AgentService, GetConnectionResponseSchema } from "@polyglot/contracts/service";
import { type Credentials, parseCredentials } from "../secrets/connection-credentials.ts";
import { getConnection, type StoredSecret } from "../store/secrets.ts";
import { apiError } from "./api-error.ts";
import { checkName } from "./canonical-bytes.ts";
import { refusal, type SecretMethodParts, secretNameCharacters } from "./secret-methods.ts";
import { runningStep, staleAttempt } from "./step-calls.ts";

export function connectionMethods(parts: SecretMethodParts): Pick<ServiceImpl<typeof AgentService>, "getConnection"> {
  const { database, queue, logger } = parts;
  return {
    async getConnection({ step: calling, name }, context) {
      const step = await runningStep(calling, context, queue);
      const stored = await getConnection(database, step, checkName(name, secretNameCharacters, "name"));
      if (stored === "stale") throw staleAttempt(step);
      const { executionId, pipelineId } = step;
      const { namespace } = splitPipelineId(pipelineId);
      logger.info({ connection: name, executionId, pipelineId }, "a step asked for a connection");
      const { type, url, tls, credentialsFrom } = specFor(name, stored.spec, namespace);
      if (credentialsFrom === undefined) return answer(type, url, tls);
      const read = await readCredentials(name, { type, url, credentialsFrom }, stored.secret, namespace, parts);
      return answer(type, url, tls, { secret: credentialsFrom, read });
    },
  };
}

/** Undeclared and of a type that nothing connects to are the same to a step. */
function specFor(name: string, stored: unknown, namespace: string): ConnectionSpec {
  const parsed = connection.shape.spec.safeParse(stored);
  if (!parsed.success) throw apiError("connection/unknown", `no Connection '${name}' is declared`, "name");
  if (isForNamespace(parsed.data, namespace)) return parsed.data;
  throw apiError("auth/forbidden", `connection '${name}' is not for pipelines of '${namespace}'`, "name");
}

async function readCredentials(
  name: string,
  { type, url, credentialsFrom }: Pick<ConnectionSpec, "type" | "url"> & { readonly credentialsFrom: string },
  stored: StoredSecret,
  namespace: string,
  { secrets }: SecretMethodParts,
): Promise<Credentials> {
  const read = await secrets.read(credentialsFrom, stored, namespace);
  if (read.kind !== "value") throw refusal({ ...read, message: `connection '${name}': ${read.message}` });
  if (!isConnectionType(type)) throw apiError("connection/unknown", `nothing connects to a ${type} yet`, "name");
  const found = parseCredentials(read.value, type, url);
  if (found.kind !== "problem") return found;
  const message = `connection '${name}': secret '${credentialsFrom}': ${found.message}`;
  throw refusal({ kind: "unavailable", message });
}

function answer(
  type: string,
  url: string,
  tls: ConnectionSpec["tls"],
  found?: { readonly secret: string; readonly read: Credentials },
) {
  return create(GetConnectionResponseSchema, {
    type,
    url,
    ...(tls === undefined ? {} : { tlsEnabled: tls.enabled }),
    ...(found === undefined ? {} : { credentials: { secret: found.secret, ...proofOf(found.read) } }),
  });
}

function proofOf(read: Credentials) {
  if (read.kind === "token") return { proof: { case: "token" as const, value: read.token } };
  const user = read.user === undefined ? {} : { user: read.user };
  return { ...user, proof: { case: "password" as const, value: read.password } };
}
