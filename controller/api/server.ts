/**
 * The one TLS port: h2 and http/1.1 by ALPN, a client certificate asked for but not required at this level. It is bound
 * before the controller is ready, so that others can be told its address; until then it answers 503.
 *
 *     (new) ──bind──> bound ──serve──> serving ──stop──> stopped
 */
import { once } from "node:events";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { connectNodeAdapter } from "@connectrpc/connect-node";
import type { Clock, Logger } from "@polyglot/service";
import type { Peer } from "./authorise.ts";
import type { Authority } from "./authority.ts";

/** Of h2 and http/1.1 alike. */
export type RequestHandler = ReturnType<typeof connectNodeAdapter>;
export type NodeServerRequest = Parameters<RequestHandler>[0];
export type NodeServerResponse = Parameters<RequestHandler>[1];

const limits = {
  handshakeMs: 10_000,
  /** Whole header of an http/1.1 request. */
  headersMs: 20_000,
  streamsPerConnection: 1_000,
  /** Bytes in flight to us: of one stream, of one connection. */
  streamWindowBytes: 1024 * 1024,
  connectionWindowBytes: 16 * 1024 * 1024,
  /** Of one connection. Beyond it Node.js cuts streams off without an answer, so it is more than what may be in flight. */
  connectionMegabytes: 48,
  /** What is still open after this long is cut when the server stops. */
  drainMs: 2_000,
} as const;

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
}

export class ApiServer {
  readonly #authority: Authority;
  readonly #options: ServerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  #server: Http2SecureServer | undefined;
  #handler: RequestHandler = answerStarting;
  #renewal: NodeJS.Timeout | undefined;

  constructor(authority: Authority, options: ServerOptions, clock: Clock, logger: Logger) {
    this.#authority = authority;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Answers the URL under which it is reached. */
  async bind(): Promise<string> {
    const identity = await this.#authority.createServerIdentity(this.#options.host);
    const server = createSecureServer({
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      ca: this.#authority.certificate,
      cert: identity.certificate,
      key: identity.key,
      handshakeTimeout: limits.handshakeMs,
      maxSessionMemory: limits.connectionMegabytes,
      settings: { initialWindowSize: limits.streamWindowBytes, maxConcurrentStreams: limits.streamsPerConnection },
    });
    this.#server = server;
    server.on("request", (request, response) => this.#handler(request, response));
    server.on("session", (session) => this.#follow(session));
    server.on("secureConnection", (socket) => this.#track(socket));
    server.on("error", (error) => this.#logger.error({ error }, "the listening socket failed"));
    server.listen(this.#options.port, this.#options.host);
    await once(server, "listening");
    this.#renewAt(identity.renewAtMs);
    return urlOf(this.#options.host, (server.address() as AddressInfo).port);
  }

  serve(handler: RequestHandler): void {
    this.#handler = handler;
  }

  /** Takes no more, lets answers finish for a moment, cuts the rest. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    clearTimeout(this.#renewal);
    this.#handler = answerStarting;
    const closed = once(server, "close");
    server.close();
    for (const session of this.#sessions) session.close();
    const cut = setTimeout(() => this.#cut(), limits.drainMs);
    await closed;
    clearTimeout(cut);
    this.#cut();
  }

  #cut(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #follow(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.setLocalWindowSize(limits.connectionWindowBytes);
    session.once("close", () => this.#sessions.delete(session));
    session.on("error", (error) => this.#logger.debug({ error: error.message }, "a connection broke"));
  }

  #track(socket: TLSSocket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
  }

  #renewAt(timeMs: number): void {
    const renew = () =>
      this.#renew().catch((error: unknown) =>
        this.#logger.error({ error }, "could not renew the server's certificate"),
      );
    this.#renewal = setTimeout(() => void renew(), Math.max(0, timeMs - this.#clock.now()));
    this.#renewal.unref();
  }

  async #renew(): Promise<void> {
    const { certificate, key, renewAtMs } = await this.#authority.createServerIdentity(this.#options.host);
    this.#server?.setSecureContext({ ca: this.#authority.certificate, cert: certificate, key });
    this.#renewAt(renewAtMs);
  }
}

/** What a request's connection says of its caller. */
export function peerOf(request: NodeServerRequest): Peer {
  const session = "stream" in request ? request.stream.session : undefined;
  const socket = (session?.socket ?? request.socket) as TLSSocket;
  if (!socket.authorized) return { verified: false, subjectAltName: undefined, tlsVersion: undefined };
  const { subjectaltname } = socket.getPeerCertificate();
  return { verified: true, subjectAltName: subjectaltname, tlsVersion: socket.getProtocol() ?? undefined };
}

const urlOf = (host: string, port: number): string => `https://${host.includes(":") ? `[${host}]` : host}:${port}`;

function answerStarting(_request: NodeServerRequest, response: NodeServerResponse): void {
  response.statusCode = 503;
  response.setHeader("retry-after", "1");
  response.end("starting\n");
}
