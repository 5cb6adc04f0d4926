/**
 * The certificate authority of one installation: an EC P-256 key in the data folder that signs the controller's own
 * certificate and the agents'. Whoever can read the folder is the controller, so only its user can (0700, files 0600).
 */
import "reflect-metadata";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { AgentId } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const dayMs = 86_400_000;
/** Life of certificates. Agents renew at two thirds of theirs, the controller too. */
const lifeMs = { authority: 3650 * dayMs, server: 30 * dayMs, agent: dayMs } as const;
/** Clocks of hosts differ: a certificate is valid a little before it was made. */
const backdateMs = 300_000;
/** Marks a certificate as an agent's, with its id. */
const agentUri = "urn:polyglot:agent:";

const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" } as const;

export interface ServerIdentity {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** When to ask for the next one, in milliseconds since the epoch. */
  readonly renewAtMs: number;
}

/** A request that is not signed by its key, not PKCS #10, or not of EC P-256. */
export class InvalidCertificateRequest extends Error {
  override readonly name = "InvalidCertificateRequest";
}

export class Authority {
  /** PEM of the authority's certificate, and the file that holds it. */
  readonly certificate: string;
  readonly certificateFile: string;
  readonly #issuer: X509Certificate;
  readonly #key: webcrypto.CryptoKey;
  readonly #clock: Clock;

  private constructor(folder: string, certificate: string, key: webcrypto.CryptoKey, clock: Clock) {
    this.certificate = certificate;
    this.certificateFile = join(folder, "ca.pem");
    this.#issuer = new X509Certificate(certificate);
    this.#key = key;
    this.#clock = clock;
  }

  /** Reads the authority out of the folder, or makes both. */
  static async open(folder: string, clock: Clock): Promise<Authority> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const certificateFile = join(folder, "ca.pem");
    const keyFile = join(folder, "ca.key");
    if (!existsSync(certificateFile)) {
      const made = await createAuthority(clock);
      writePrivately(keyFile, made.key);
      // Last: where the certificate is, the key is.
      writePrivately(certificateFile, made.certificate);
    }
    const key = await importKey(readFileSync(keyFile, "utf8"));
    return new Authority(folder, readFileSync(certificateFile, "utf8"), key, clock);
  }

  /** A new key and certificate for the names that clients reach the controller by. */
  async createServerIdentity(host: string): Promise<ServerIdentity> {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
    const names = [...new Set([host, "127.0.0.1", "::1", "localhost"])].filter((name) => !isWildcard(name));
    const certificate = await this.#sign("polyglot-controller", keys.publicKey, lifeMs.server, [
      new SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) ? "ip" : "dns", value: name }))),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    ]);
    const renewAtMs = this.#clock.now() + (lifeMs.server * 2) / 3;
    return { certificate, key: await exportKey(keys.privateKey), renewAtMs };
  }

  /** Signs an agent's request under the id given here: what the request itself says of names is not looked at. */
  async signAgent(agentId: AgentId, requestPem: string): Promise<string> {
    const publicKey = await parseRequest(requestPem);
    return this.#sign(agentId, publicKey, lifeMs.agent, [
      new SubjectAlternativeNameExtension([{ type: "url", value: agentUri + agentId }]),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]);
  }

  async #sign(
    name: string,
    publicKey: PublicKey | webcrypto.CryptoKey,
    life: number,
    extensions: readonly Extension[],
  ): Promise<string> {
    const now = this.#clock.now();
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: serialNumber(),
        subject: [{ CN: [name] }],
        issuer: this.#issuer.subject,
        notBefore: new Date(now - backdateMs),
        notAfter: new Date(now + life),
        publicKey,
        signingKey: this.#key,
        signingAlgorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          await AuthorityKeyIdentifierExtension.create(this.#issuer, false, webcrypto),
          ...extensions,
        ],
      },
      webcrypto,
    );
    return `${certificate.toString("pem")}\n`;
  }
}

/** The id in an agent's certificate as Node shows it; undefined where the certificate is not an agent's. */
export function agentIdOf(subjectAltName: string | undefined): string | undefined {
  const prefix = `URI:${agentUri}`;
  return subjectAltName?.startsWith(prefix) ? subjectAltName.slice(prefix.length) : undefined;
}

async function createAuthority(clock: Clock): Promise<{ certificate: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
  const now = clock.now();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      // A name of its own for each installation: clients that know two authorities tell them apart.
      name: [{ CN: [`polyglot ${randomBytes(6).toString("hex")}`] }],
      notBefore: new Date(now - backdateMs),
      notAfter: new Date(now + lifeMs.authority),
      keys,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

async function parseRequest(pem: string): Promise<PublicKey> {
  try {
    const request = new Pkcs10CertificateRequest(pem);
    const algorithm = request.publicKey.algorithm as { name: string; namedCurve?: string };
    if (algorithm.name !== keyAlgorithm.name || algorithm.namedCurve !== keyAlgorithm.namedCurve) {
      throw new InvalidCertificateRequest("the key of a certificate request has to be EC P-256");
    }
    if (await request.verify(webcrypto)) return request.publicKey;
  } catch (cause) {
    if (cause instanceof InvalidCertificateRequest) throw cause;
    throw new InvalidCertificateRequest("the certificate request is not PKCS #10 in PEM", { cause });
  }
  throw new InvalidCertificateRequest("the certificate request is not signed by its own key");
}

/** 16 random bytes without the sign bit (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString("hex");
}

const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = PemConverter.decode(pem);
  if (der === undefined) throw new Error("ca.key holds no PEM");
  return webcrypto.subtle.importKey("pkcs8", der, keyAlgorithm, false, ["sign"]);
}

/** Whole or not at all, and never readable by others in between. */
function writePrivately(file: string, text: string): void {
  const temporary = `${file}.${createHash("sha256").update(randomBytes(16)).digest("hex").slice(0, 8)}`;
  writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
  renameSync(temporary, file);
}
