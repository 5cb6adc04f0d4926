/** Whether a client's certificate was issued by one of the authorities that an endpoint trusts. Pure. */
import { X509Certificate } from "node:crypto";

const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Certificates between a client's and an authority's. */
const mostIntermediates = 4;

/**
 * `chain`: as the client sent it, its own first; that it has the key was proven by the handshake. `trusted`: PEM texts of
 * authorities, or of clients themselves.
 */
export function isTrusted(chain: readonly X509Certificate[], trusted: readonly string[], nowMs: number): boolean {
  const anchors = trusted
    .flatMap((text) => (text.match(pem) ?? []).flatMap(parse))
    .filter((one) => isValid(one, nowMs));
  let [current] = chain;
  for (let step = 0; step <= mostIntermediates && current !== undefined && isValid(current, nowMs); step += 1) {
    const issued: X509Certificate = current;
    if (anchors.some((anchor) => anchor.raw.equals(issued.raw) || isIssuedBy(issued, anchor))) return true;
    current = chain.find((other) => other !== issued && isIssuedBy(issued, other));
  }
  return false;
}

function isIssuedBy(issued: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
}

const isValid = ({ validFrom, validTo }: X509Certificate, nowMs: number): boolean =>
  Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);

function parse(text: string): X509Certificate[] {
  try {
    return [new X509Certificate(text)];
  } catch {
    return [];
  }
}
