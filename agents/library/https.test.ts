/** HTTP from a library worker, large and over TLS: it trusts the authorities of its host. */
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BundleFolders } from "../runtimes/bundle-folder.ts";
import { HostRuntimes } from "../runtimes/host-runtimes.ts";
import { defaultContainedLimits } from "../stdlib/contained/contained-function.ts";
import { LibraryWorkers } from "./library-workers.ts";

const folder = mkdtempSync(join(tmpdir(), "polyglot-https-"));
const authorityFile = join(folder, "authority.pem");
const runtimes = new HostRuntimes({
  bundles: new BundleFolders(() => Promise.reject(new Error("no bundle here")), folder),
  dataFolder: folder,
  dataRoots: [folder],
  environment: { SSL_CERT_FILE: authorityFile },
  searchPath: "",
  home: homedir(),
  userId: process.getuid?.(),
  cores: 2,
  clock: systemClock,
  logger: silentLogger,
});
const workers = new LibraryWorkers({
  launcher: runtimes,
  settings: { dataRoot: folder, limits: defaultContainedLimits, allowNetworks: ["loopback"] },
  clock: systemClock,
  logger: silentLogger,
});
const session = workers.openSession({ owner: "execution 1", namespace: "test" });
let trusted: Served;
let unknown: Served;

beforeAll(async () => {
  chmodSync(folder, 0o755);
  trusted = await serve();
  unknown = await serve();
  writeFileSync(authorityFile, trusted.certificate);
  await runtimes.start();
  await workers.start();
});
afterAll(async () => {
  await session.end();
  await workers.stop();
  await runtimes.stop();
  for (const { server } of [trusted, unknown]) server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Served {
  readonly server: Server;
  readonly port: number;
  readonly certificate: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

/** A server named `localhost`, under a certificate that it has signed itself. */
async function serve(): Promise<Served> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=a server of the tests",
    keys,
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + dayMs),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]),
    ],
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  const cert = certificate.toString("pem");
  const server = createServer({ key, cert }, (_request, response) =>
    response.setHeader("content-type", "text/plain").end("over TLS"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port, certificate: cert };
}

const get = (url: string) =>
  session.call("U.Network.HttpGet", { url }, { signal: new AbortController().signal, onLine: () => undefined });

test("a server whose certificate the host trusts is asked", async () => {
  expect(await get(`https://localhost:${trusted.port}/`)).toMatchObject({
    kind: "values",
    values: [200, "over TLS", {}],
  });
});

test.each([
  ["of another name", () => `https://127.0.0.1:${trusted.port}/`, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["that nobody vouches for", () => `https://localhost:${unknown.port}/`, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["that is none", () => `http://localhost:${trusted.port}/`, ""],
])("a server with a certificate %s is a network error", async (_title, url, code) => {
  expect(await get(url())).toMatchObject({
    kind: "error",
    error: { type: "pg\\!NetworkError", message: expect.stringContaining(code) as string },
  });
});

test("a body of many bytes passes whole", async () => {
  const body = Buffer.alloc(60 * 2 ** 20, 7);
  const plain = createPlainServer((_request, response) => response.end(body)).listen(0, "127.0.0.1");
  await once(plain, "listening");
  const reply = await get(`http://localhost:${(plain.address() as AddressInfo).port}/`);
  plain.close();
  const [, value] = reply.kind === "values" ? reply.values : [];
  expect(Buffer.from((value as { readonly $bytes: string }).$bytes, "base64").equals(body)).toBe(true);
});
