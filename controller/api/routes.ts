/** Puts the methods and the plain HTTP routes on the server's one port. */
import { ConnectError, type ConnectRouter, createContextValues, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { AgentService, PolyglotService } from "@polyglot/contracts/service";
import type { Logger } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { authorise, requirementOf, routesOf } from "./authorise.ts";
import { createInterceptor, peerKey } from "./interceptor.ts";
import { statusOfError } from "./plain-errors.ts";
import { type NodeServerRequest, type NodeServerResponse, peerOf, type RequestHandler } from "./server.ts";
import type { TriggerRequests } from "./trigger-requests.ts";

const limits = {
  /** A request of a user: an apply carries whole files. */
  userBytes: 64 * 1024 * 1024,
  /** A message of an agent: batches of results and log lines. */
  agentBytes: 64 * 1024 * 1024,
} as const;

/** A plain HTTP route answers GET with a text. */
export interface PlainRoute {
  readonly contentType: string;
  answer(): Promise<{ readonly status: number; readonly text: string }>;
}

export interface Routes {
  readonly users: ServiceImpl<typeof PolyglotService>;
  readonly agents: ServiceImpl<typeof AgentService>;
  readonly plain: Readonly<Record<string, PlainRoute>>;
  readonly triggers: TriggerRequests;
}

/** Each endpoint below them declares who may. */
const triggerRoutes = ["/t/", "/hooks/", "/reconcile/"];

/** Throws where a route declares no authorisation. `shutdown` ends the streams that are open. */
export function createHandler(
  routes: Routes,
  database: Queryable,
  logger: Logger,
  shutdown: AbortSignal,
): RequestHandler {
  const all = [...routesOf(PolyglotService), ...routesOf(AgentService), ...Object.keys(routes.plain), ...triggerRoutes];
  for (const route of all) requirementOf(route);
  const adapter = connectNodeAdapter({
    interceptors: [createInterceptor(database, logger, shutdown)],
    shutdownSignal: shutdown,
    // Field names of the contract; nothing left out, so that a reader sees every field; a wrong name is an error.
    jsonOptions: { useProtoFieldName: true, alwaysEmitImplicit: true, ignoreUnknownFields: false },
    contextValues: (request) => createContextValues().set(peerKey, peerOf(request)),
    routes: (router: ConnectRouter) => {
      router.service(PolyglotService, routes.users, { readMaxBytes: limits.userBytes });
      router.service(AgentService, routes.agents, { readMaxBytes: limits.agentBytes });
    },
    fallback: (request, response) => void answerPlain(routes, database, logger, request, response),
  });
  return (request, response) => {
    if (routes.triggers.takes(pathOf(request))) void routes.triggers.answer(request, response);
    else adapter(request, response);
  };
}

async function answerPlain(
  routes: Routes,
  database: Queryable,
  logger: Logger,
  request: NodeServerRequest,
  response: NodeServerResponse,
): Promise<void> {
  const path = pathOf(request);
  const route = Object.hasOwn(routes.plain, path) ? routes.plain[path] : undefined;
  if (route === undefined || request.method !== "GET") return answer(response, 404, "not found\n");
  try {
    await authorise(requirementOf(path), request.headers.authorization ?? null, peerOf(request), database);
    const { status, text } = await route.answer();
    answer(response, status, text, route.contentType);
  } catch (error) {
    if (!(error instanceof ConnectError)) logger.warn({ error, path }, "a route failed");
    answer(response, statusOfError(error), error instanceof ConnectError ? `${error.rawMessage}\n` : "unavailable\n");
  }
}

const pathOf = (request: NodeServerRequest): string => (request.url ?? "").split("?")[0] ?? "";

function answer(response: NodeServerResponse, status: number, text: string, contentType = "text/plain"): void {
  response.statusCode = status;
  response.setHeader("content-type", contentType);
  response.setHeader("cache-control", "no-store");
  response.end(text);
}
