import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import { expect, test } from "vitest";
import { isTrusted } from "./client-certificate.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);

interface Party {
  readonly name: string;
  readonly keys: CryptoKeyPair;
  readonly certificate: X509Certificate;
}
type CryptoKeyPair = Awaited<ReturnType<typeof createKeys>>;

const createKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function issue(name: string, isAuthority: boolean, issuer?: Party, validDays = 30): Promise<Party> {
  const keys = await createKeys();
  const made = await X509CertificateGenerator.create(
    {
      subject: `CN=${name}`,
      issuer: `CN=${issuer?.name ?? name}`,
      notBefore: new Date(now - day),
      notAfter: new Date(now + validDays * day),
      publicKey: keys.publicKey,
      signingKey: (issuer?.keys ?? keys).privateKey,
      signingAlgorithm: algorithm,
      extensions: [new BasicConstraintsExtension(isAuthority, undefined, true)],
    },
    webcrypto,
  );
  return { name, keys, certificate: new X509Certificate(made.toString("pem")) };
}

test("a certificate is trusted through what it was issued by, and through nothing else", async () => {
  const root = await issue("root", true);
  const between = await issue("between", true, root);
  const client = await issue("client", false, between);
  const direct = await issue("direct", false, root);
  const imitation = await issue("root", true);
  const forged = await issue("client", false, imitation);
  const byClient = await issue("next", false, direct);
  const brief = await issue("brief", false, root, 1);
  const pem = [root.certificate.toString()];
  const trusted = (parties: Party[], text = pem, at = now) =>
    isTrusted(
      parties.map((party) => party.certificate),
      text,
      at,
    );
  expect(trusted([direct])).toBe(true);
  expect(trusted([client, between])).toBe(true);
  expect(trusted([client])).toBe(false);
  expect(trusted([forged, imitation])).toBe(false);
  expect(trusted([forged])).toBe(false);
  expect(trusted([byClient, direct])).toBe(false);
  expect(trusted([brief])).toBe(true);
  expect(trusted([brief], pem, now + 2 * day)).toBe(false);
  expect(trusted([])).toBe(false);
  expect(trusted([forged], [forged.certificate.toString()])).toBe(true);
  expect(trusted([direct], ["no certificate", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"])).toBe(
    false,
  );
});
