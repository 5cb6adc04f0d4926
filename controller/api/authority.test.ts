import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@polyglot/service";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import type { AgentId } from "@polyglot/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Authority, agentIdOf, InvalidCertificateRequest } from "./authority.ts";

const agent = "host-1" as AgentId;
let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "polyglot-authority-")), "ca");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

test("the authority survives a restart and its key is readable by its user only", async () => {
  const first = await Authority.open(folder, systemClock);
  const second = await Authority.open(folder, systemClock);
  expect(second.certificate).toBe(first.certificate);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "ca.key")).mode & 0o777).toBe(0o600);
});

test("a server certificate is signed by the authority and names the host and this machine", async () => {
  const authority = await Authority.open(folder, systemClock);
  const certificate = new X509Certificate((await authority.createServerIdentity("polyglot.example")).certificate);
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(certificate.checkHost("polyglot.example")).toBe("polyglot.example");
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
});

test("an agent's certificate carries the id that the controller decided, not the one asked for", async () => {
  const authority = await Authority.open(folder, systemClock);
  const pem = await authority.signAgent(agent, await request("P-256", "CN=somebody-else"));
  const certificate = new X509Certificate(pem);
  expect(certificate.subject).toBe("CN=host-1");
  expect(agentIdOf(certificate.subjectAltName)).toBe("host-1");
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
});

test("a request of another curve, or that is no request, is refused", async () => {
  const authority = await Authority.open(folder, systemClock);
  await expect(authority.signAgent(agent, await request("P-384", "CN=host-1"))).rejects.toThrow(
    InvalidCertificateRequest,
  );
  await expect(authority.signAgent(agent, "hello")).rejects.toThrow(InvalidCertificateRequest);
});

test("a request whose signature is not its key's is refused", async () => {
  const authority = await Authority.open(folder, systemClock);
  const pem = await request("P-256", "CN=host-1");
  const bytes = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
  const broken = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString("base64")}\n-----END CERTIFICATE REQUEST-----`;
  await expect(authority.signAgent(agent, broken)).rejects.toThrow(InvalidCertificateRequest);
});

async function request(namedCurve: string, name: string): Promise<string> {
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve }, true, ["sign", "verify"]);
  const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
  return (await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm }, webcrypto)).toString("pem");
}
