/**
 * A controller as an agent sees one: the real protocol over TLS on a real port, its answers in the hands of the test. The
 * real controller is another package, which agents do not import.
 */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter, createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  BasicConstraintsExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import {
  type AgentMessage,
  AgentService,
  type ControllerMessage,
  ControllerMessageSchema,
} from "@polyglot/contracts/service";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;

export interface FixtureAnswers {
  /** Answers heartbeats with leases. */
  leases: boolean;
  /** Says that results and occurrences are committed. */
  settles: boolean;
  welcome: { renewMs: number; leaseMs: number; stopMs: number };
}

export class FixtureController {
  readonly answers: FixtureAnswers = {
    leases: true,
    settles: true,
    welcome: { renewMs: 50, leaseMs: 10_000, stopMs: 8_000 },
  };
  readonly token = "join-me";
  /** Further addresses that the welcome names. */
  controllers: string[] = [];
  readonly bundles = new Map<string, Uint8Array>();
  /** All that agents said, in order. */
  readonly messages: AgentMessage[] = [];
  /** Streams that were opened, those that broke included. */
  streams = 0;
  certificateLifeMs = dayMs;
  /** Answers what a running attempt asks: a value as JSON. */
  onReadState: () => Promise<string> = async () => "null";
  authority = "";
  url = "";
  #issuer: X509Certificate | undefined;
  #issuerKeys: webcrypto.CryptoKeyPair | undefined;
  #server: Http2SecureServer | undefined;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #open = new Set<Outgoing>();
  #wake: (() => void)[] = [];
  #port = 0;

  async start(): Promise<void> {
    this.#issuerKeys ??= await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    this.#issuer ??= await X509CertificateGenerator.createSelfSigned({
      name: "CN=fixture authority",
      keys: this.#issuerKeys,
      signingAlgorithm: algorithm,
      notAfter: new Date(Date.now() + dayMs),
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    });
    this.authority = this.#issuer.toString("pem");
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
    const cert = await this.#sign("fixture", keys.publicKey, [
      new SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        { type: "dns", value: "localhost" },
      ]),
    ]);
    const handler = connectNodeAdapter({
      routes: (router) => this.#routes(router),
      contextValues: () => createContextValues(),
    });
    this.#server = createSecureServer({ key, cert, ca: this.authority, requestCert: true, rejectUnauthorized: false });
    this.#server.on("request", (request, response) => {
      const socket = request.stream.session?.socket as TLSSocket | undefined;
      if (socket?.authorized !== true && !request.url.endsWith("/Join")) response.writeHead(401).end();
      else handler(request, response);
    });
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
    this.url = `https://127.0.0.1:${this.#port}`;
  }

  /** Goes away with all its connections; `start` brings it back at the same address. */
  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    if (this.#server?.listening) {
      this.#server.close();
      await once(this.#server, "close");
    }
  }

  /** Breaks the connections; the port stays open. */
  cut(): void {
    for (const session of this.#sessions) session.destroy();
  }

  send(message: MessageInitShape<typeof ControllerMessageSchema>): void {
    for (const stream of this.#open) stream.push(create(ControllerMessageSchema, message));
  }

  /** Resolves with the messages once they satisfy the test. */
  async until(holds: (messages: readonly AgentMessage[]) => boolean): Promise<readonly AgentMessage[]> {
    while (!holds(this.messages)) await new Promise<void>((resolve) => this.#wake.push(resolve));
    return this.messages;
  }

  /** Credits granted since the last stream was opened. */
  get credits(): number {
    const hello = this.messages.findLastIndex((message) => message.hello !== undefined);
    return this.messages.slice(hello).reduce((sum, message) => sum + message.credits, 0);
  }

  get openStreams(): number {
    return this.#open.size;
  }

  #routes(router: ConnectRouter): void {
    router.service(AgentService, {
      join: async ({ token, agentId, certificateRequest }) => {
        if (token !== this.token) throw new ConnectError("the join token is unknown", Code.Unauthenticated);
        return { certificate: await this.#certify(agentId, certificateRequest), certificateAuthority: this.authority };
      },
      renewCertificate: async ({ certificateRequest }) => ({
        certificate: await this.#certify("renewed", certificateRequest),
      }),
      connect: (messages) => this.#connect(messages),
      readState: async () => ({ value: Buffer.from(await this.onReadState()) }),
      fetchBundle: async function* (this: unknown, { bundleDigest }) {
        yield* chunksOf(bundles.get(bundleDigest) ?? new Uint8Array());
      },
    });
    const { bundles } = this;
  }

  async *#connect(messages: AsyncIterable<AgentMessage>): AsyncGenerator<ControllerMessage> {
    const outgoing = new Outgoing();
    this.#open.add(outgoing);
    this.streams += 1;
    void this.#listen(messages, outgoing);
    try {
      yield* outgoing.messages();
    } finally {
      this.#open.delete(outgoing);
      for (const wake of this.#wake.splice(0)) wake();
    }
  }

  async #listen(messages: AsyncIterable<AgentMessage>, outgoing: Outgoing): Promise<void> {
    try {
      for await (const message of messages) {
        this.messages.push(message);
        this.#answer(message, outgoing);
        for (const wake of this.#wake.splice(0)) wake();
      }
    } catch {
      // The stream broke, as streams do.
    }
    outgoing.end();
  }

  #answer(message: AgentMessage, outgoing: Outgoing): void {
    const { answers } = this;
    const settled = answers.settles
      ? message.results.map(({ executionId, attemptNo }) => ({ executionId, attemptNo }))
      : [];
    const occurrencesSettled = answers.settles ? message.occurrences.map(({ number }) => number) : [];
    const init: MessageInitShape<typeof ControllerMessageSchema> = {
      settled,
      occurrencesSettled,
      ...(message.hello === undefined
        ? {}
        : { welcome: { controllerId: "fixture", ...answers.welcome }, controllers: this.controllers }),
      ...(message.heartbeat !== undefined && answers.leases ? { lease: { number: message.heartbeat.number } } : {}),
    };
    if (init.welcome || init.lease || settled.length > 0 || occurrencesSettled.length > 0) {
      outgoing.push(create(ControllerMessageSchema, init));
    }
  }

  async #certify(name: string, requestPem: string): Promise<string> {
    const request = new Pkcs10CertificateRequest(requestPem);
    if (!(await request.verify())) throw new ConnectError("not signed by its own key", Code.InvalidArgument);
    return this.#sign(name, await request.publicKey.export(), [], this.certificateLifeMs);
  }

  async #sign(
    name: string,
    publicKey: webcrypto.CryptoKey,
    extensions: SubjectAlternativeNameExtension[],
    lifeMs = dayMs,
  ): Promise<string> {
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: this.#issuer?.subject ?? "",
      publicKey,
      signingKey: (this.#issuerKeys as webcrypto.CryptoKeyPair).privateKey,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 1000),
      notAfter: new Date(Date.now() + lifeMs),
      extensions,
    });
    return certificate.toString("pem");
  }
}

class Outgoing {
  readonly #queue: ControllerMessage[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(message: ControllerMessage): void {
    this.#queue.push(message);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *messages(): AsyncGenerator<ControllerMessage> {
    while (!this.#ended) {
      const message = this.#queue.shift();
      if (message !== undefined) yield message;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function* chunksOf(bytes: Uint8Array): Generator<{ data: Uint8Array }> {
  for (let from = 0; from < bytes.length; from += 1000) yield { data: bytes.subarray(from, from + 1000) };
}
