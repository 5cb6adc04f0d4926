/** A whole controller on a database of its own, and clients of it, for tests. */
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { PemConverter, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { silentLogger, systemClock } from "@polyglot/service";
import { hashToken, type hookRole, type Role } from "../api/authorise.ts";
import { createTestDatabase, type TestDatabase } from "../store/test-database.ts";
import { writeToken } from "../store/tokens.ts";
import { type RunningController, startController } from "./controller-program.ts";

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export type Protocol = "connect" | "json" | "json-http1" | "grpc";

export class ControllerFixture implements AsyncDisposable {
  readonly store: TestDatabase;
  readonly folder: string;
  readonly controller: RunningController;
  readonly #sessions: Http2SessionManager[] = [];

  private constructor(store: TestDatabase, folder: string, controller: RunningController) {
    this.store = store;
    this.folder = folder;
    this.controller = controller;
  }

  static async start(): Promise<ControllerFixture> {
    const store = await createTestDatabase();
    const folder = mkdtempSync(join(tmpdir(), "polyglot-controller-"));
    const localTokenFile = join(folder, "token");
    writeFileSync(localTokenFile, `${randomBytes(32).toString("base64url")}\n`);
    const flags = { databaseUrl: store.url, dataFolder: join(folder, "data"), host: "127.0.0.1", port: 0 } as const;
    const rest = { localTokenFile, allowFileRepositories: true, logLevel: "silent" } as const;
    const controller = await startController({ ...flags, ...rest }, systemClock, silentLogger, process.env);
    return new ControllerFixture(store, folder, controller);
  }

  get authority(): string {
    return readFileSync(this.controller.authorityFile, "utf8");
  }

  get localToken(): string {
    return readFileSync(join(this.folder, "token"), "utf8").trim();
  }

  /** A new token of a user. */
  async token(role: Role | typeof hookRole, validSeconds = 3600, name = "test"): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    await writeToken(this.store.database, { hash: hashToken(token), kind: "user", name, role, validSeconds });
    return token;
  }

  client<Service extends DescService>(
    service: Service,
    who: { readonly token?: string; readonly identity?: Identity } = {},
    protocol: Protocol = "connect",
  ): Client<Service> {
    const baseUrl = this.controller.url;
    const interceptors = who.token === undefined ? [] : [bearer(who.token)];
    const nodeOptions = { ca: this.authority, ...who.identity };
    if (protocol === "json-http1") {
      const options = { ...nodeOptions, agent: false as const };
      const transport = createConnectTransport({
        ...{ baseUrl, interceptors, httpVersion: "1.1", useBinaryFormat: false, nodeOptions: options },
      });
      return createClient(service, transport);
    }
    const sessionManager = new Http2SessionManager(baseUrl, {}, nodeOptions);
    this.#sessions.push(sessionManager);
    const options = { baseUrl, interceptors, sessionManager };
    const transport =
      protocol === "grpc"
        ? createGrpcTransport(options)
        : createConnectTransport({ ...options, httpVersion: "2", useBinaryFormat: protocol === "connect" });
    return createClient(service, transport);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions) session.abort();
    await this.controller.stop();
    await this.store[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A key, and a request for a certificate over it. */
export async function createRequest(): Promise<{ key: string; request: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: "CN=agent", keys, signingAlgorithm },
    webcrypto,
  );
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { key, request: request.toString("pem") };
}

function bearer(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
}
