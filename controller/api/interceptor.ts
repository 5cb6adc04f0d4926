/** What stands around every method: authorisation before it, and errors in the API's own words after it. */
import { Code, ConnectError, createContextKey, type Interceptor } from "@connectrpc/connect";
import type { AgentId } from "@polyglot/contracts";
import type { Logger } from "@polyglot/service";
import { isDataError } from "../store/data-error.ts";
import { type Queryable, StoreUnavailable } from "../store/database.ts";
import { apiError } from "./api-error.ts";
import { authorise, type Peer, type Principal, requirementOf } from "./authorise.ts";

export const peerKey = createContextKey<Peer>({ verified: false, subjectAltName: undefined, tlsVersion: undefined });
export const principalKey = createContextKey<Principal>({ kind: "anonymous" });

/** After `shutdown`, a stream that ends was cut off, and the caller is told so. */
export function createInterceptor(database: Queryable, logger: Logger, shutdown: AbortSignal): Interceptor {
  return (next) => async (request) => {
    const route = `${request.service.typeName}/${request.method.name}`;
    const explain = (error: unknown) => toConnectError(error, route, logger);
    try {
      const { contextValues, header } = request;
      const peer = contextValues.get(peerKey);
      const principal = await authorise(requirementOf(route), header.get("authorization"), peer, database);
      contextValues.set(principalKey, principal);
      const response = await next(request);
      return response.stream ? { ...response, message: guard(response.message, shutdown, explain) } : response;
    } catch (error) {
      throw explain(error);
    }
  };
}

/** The agent that calls; only methods that take an agent's certificate ask. */
export function callingAgent(principal: Principal): AgentId {
  if (principal.kind !== "agent") throw apiError("auth/forbidden", "only agents call this method");
  return principal.agentId;
}

/** The name of the token that calls. */
export function callingUser(principal: Principal): string {
  if (principal.kind !== "user") throw apiError("auth/forbidden", "only users call this method");
  return principal.name;
}

async function* guard<Message>(
  messages: AsyncIterable<Message>,
  shutdown: AbortSignal,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Message> {
  try {
    yield* messages;
    if (shutdown.aborted) throw new ConnectError("the controller stops", Code.Unavailable);
  } catch (error) {
    throw explain(error);
  }
}

/** What is not said on purpose is a bug or lost infrastructure: the log has it, the caller does not. */
function toConnectError(error: unknown, route: string, logger: Logger): unknown {
  if (error instanceof ConnectError) return error;
  if (error instanceof StoreUnavailable) return apiError("store/unavailable", "the store does not answer; try again");
  if (error instanceof Error && error.name === "AbortError") return new ConnectError("the call ended", Code.Canceled);
  if (isDataError(error))
    return apiError("request/invalid", `a value of the request cannot be stored: ${error.message}`);
  logger.error({ error, route }, "a method failed");
  return new ConnectError("internal error; the controller's log has the cause", Code.Internal);
}
