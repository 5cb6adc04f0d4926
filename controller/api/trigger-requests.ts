/** `/t`, `/hooks` and `/reconcile` on the server's port: sockets on one side, occurrences on the other. */
import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { ConnectError } from "@connectrpc/connect";
import type { Clock, Logger } from "@polyglot/service";
import type { RepositoryHook } from "../gitops/repository-hook.ts";
import { isDataError } from "../store/data-error.ts";
import { type Queryable, StoreUnavailable } from "../store/database.ts";
import type { HttpTrigger } from "../triggers/endpoints/http-trigger.ts";
import { Refused, type TriggerAnswer, type TriggerRequest } from "../triggers/endpoints/trigger-request.ts";
import type { WebhookTrigger } from "../triggers/webhooks/webhook-trigger.ts";
import { apiErrorOf, statusOfError } from "./plain-errors.ts";
import { authorise, type Requirement } from "./authorise.ts";
import { BodyBudget, BodyReader } from "./read-body.ts";
import { type NodeServerRequest, type NodeServerResponse, peerOf } from "./server.ts";

export interface TriggerRequestParts {
  readonly http: Pick<HttpTrigger, "answer">;
  readonly hooks: Pick<WebhookTrigger, "answer">;
  readonly repositories: Pick<RepositoryHook, "answer">;
  readonly database: Queryable;
  readonly clock: Clock;
  readonly logger: Logger;
}

const mayTrigger: Requirement = { kind: "trigger" };

export class TriggerRequests {
  readonly #parts: TriggerRequestParts;
  readonly #budget = new BodyBudget();

  constructor(parts: TriggerRequestParts) {
    this.#parts = parts;
  }

  /** Whether the path is one of a trigger, or of a repository's webhook. */
  takes(path: string): boolean {
    return path !== "/t/openapi.json" && beginningOf(path) !== undefined;
  }

  async answer(request: NodeServerRequest, response: NodeServerResponse): Promise<void> {
    const reader = new BodyReader(request, this.#budget, this.#parts.clock);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const answer = await this.#answer(request, reader, gone.signal).catch((error: unknown) => this.#explain(error));
    reader.release();
    write(request, response, answer);
  }

  async #answer(request: NodeServerRequest, reader: BodyReader, signal: AbortSignal): Promise<TriggerAnswer> {
    const [path, query] = splitOnce(request.url ?? "", "?");
    const { http, hooks, repositories } = this.#parts;
    const begin = beginningOf(path) ?? "/t";
    const trigger = { "/t": http, "/hooks": hooks, "/reconcile": repositories }[begin];
    const below = path.slice(begin.length);
    return trigger.answer(this.#toRequest(request, reader, { path: below, query, signal }));
  }

  #toRequest(
    request: NodeServerRequest,
    reader: BodyReader,
    rest: Pick<TriggerRequest, "path" | "query" | "signal">,
  ): TriggerRequest {
    const socket = socketOf(request);
    return {
      ...rest,
      method: request.method ?? "",
      headers: headersOf(request),
      remoteAddress: socket.remoteAddress ?? "",
      certificates: () => chainOf(socket),
      readBody: (maxBytes) => reader.read(maxBytes),
      checkUser: async () => {
        const { authorization = null } = request.headers;
        await authorise(mayTrigger, authorization, peerOf(request), this.#parts.database);
      },
    };
  }

  /** What is not said on purpose is a bug or lost infrastructure: the log has it, the caller does not. */
  #explain(error: unknown): TriggerAnswer {
    if (error instanceof Refused) return error.answer;
    if (error instanceof ConnectError) {
      const status = statusOfError(error);
      const headers = status === 401 ? { "www-authenticate": "Bearer" } : {};
      return { status, headers, body: { error: apiErrorOf(error) } };
    }
    if (error instanceof StoreUnavailable) {
      const body = { error: { code: "store/unavailable", message: "the store does not answer; try again" } };
      return { status: 503, headers: { "retry-after": "5" }, body };
    }
    if (isDataError(error)) {
      const message = `a value of the request cannot be stored: ${error.message}`;
      return { status: 422, body: { error: { code: "request/invalid", message } } };
    }
    this.#parts.logger.error({ error }, "a trigger's request failed");
    return { status: 500, body: { error: { code: "internal", message: "the controller's log has the cause" } } };
  }
}

const beginnings = ["/t", "/hooks", "/reconcile"] as const;
const beginningOf = (path: string) => beginnings.find((begin) => path.startsWith(`${begin}/`));

function write(
  request: NodeServerRequest,
  response: NodeServerResponse,
  { status, headers, body }: TriggerAnswer,
): void {
  if (response.destroyed || response.writableEnded) return;
  const isText = typeof body === "string";
  response.statusCode = status;
  response.setHeader("content-type", isText ? "text/plain; charset=utf-8" : "application/json");
  response.setHeader("cache-control", "no-store");
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  // What was not read of the body must not be taken for the next request.
  if (!request.complete && request.httpVersionMajor === 1) response.setHeader("connection", "close");
  response.end(isText ? body : `${JSON.stringify(body)}\n`);
  if (!request.complete) request.resume();
}

const socketOf = (request: NodeServerRequest): TLSSocket =>
  (("stream" in request ? request.stream.session?.socket : undefined) ?? request.socket) as TLSSocket;

function headersOf({ headers }: NodeServerRequest): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name.startsWith(":")
      ? []
      : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return Object.fromEntries(entries);
}

/** Links of a chain that are looked at. */
const longestChain = 6;

/** A root names itself as its issuer, which ends the chain. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < longestChain) {
    const { raw } = next;
    if (chain.some((known) => known.raw.equals(raw))) break;
    chain.push(new X509Certificate(raw));
    next = next.issuerCertificate;
  }
  return chain;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
