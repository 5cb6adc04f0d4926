/** Who the agent is to a controller: a key that never leaves the data folder, and the certificate that was made for it. */
import "reflect-metadata";
import { randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PemConverter, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" } as const;

export interface Identity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** Of the authority that signed it, and the controllers' certificates. */
  readonly authority: string;
}

export interface CertificateRequest {
  /** PEM. */
  readonly key: string;
  /** PKCS #10, PEM. */
  readonly request: string;
}

/** A new key and the request for its certificate. The controller decides which name the certificate bears. */
export async function createCertificateRequest(agentId: string): Promise<CertificateRequest> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: [{ CN: [agentId] }], keys, signingAlgorithm },
    webcrypto,
  );
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { key: `${key}\n`, request: request.toString("pem") };
}

/** When two thirds of a certificate's life are over, and when it ends, in milliseconds since the epoch. */
export function lifeOf(certificate: string): { readonly renewAt: number; readonly endsAt: number } {
  const { validFrom, validTo } = new X509Certificate(certificate);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  return { renewAt: from + ((to - from) * 2) / 3, endsAt: to };
}

/** Whether two PEM texts hold the same certificate. */
export const isSameCertificate = (a: string, b: string): boolean =>
  new X509Certificate(a).fingerprint256 === new X509Certificate(b).fingerprint256;

/** One file, so that key and certificate always belong together. */
export class IdentityFile {
  readonly #folder: string;
  readonly #path: string;

  constructor(dataFolder: string) {
    this.#folder = dataFolder;
    this.#path = join(dataFolder, "identity.json");
  }

  read(): Identity | undefined {
    return existsSync(this.#path) ? (JSON.parse(readFileSync(this.#path, "utf8")) as Identity) : undefined;
  }

  /** Whole or not at all, and never readable by others in between. */
  write(identity: Identity): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.${randomBytes(6).toString("hex")}`;
    writeFileSync(temporary, JSON.stringify(identity), { mode: 0o600, flag: "wx" });
    renameSync(temporary, this.#path);
  }
}
