/** Whether a request to an endpoint of `/t` comes from somebody who may. Pure; users' tokens are asked for elsewhere. */
import type { X509Certificate } from "node:crypto";
import type { EndpointAuth } from "@polyglot/contracts";
import { hmac } from "../webhooks/hmac.ts";
import type { Headers } from "../webhooks/provider.ts";
import { isOneOf, verifySignature } from "../webhooks/signature.ts";
import { isTrusted } from "./client-certificate.ts";

export interface Credentials {
  readonly headers: Headers;
  /** As it came; only for what signs it. */
  readonly body: Uint8Array;
  readonly certificates: readonly X509Certificate[];
}

type AuthBySecret = Exclude<EndpointAuth, "token">;

export function isAllowed(
  auth: AuthBySecret,
  { headers, body, certificates }: Credentials,
  secrets: readonly string[],
  nowMs: number,
): boolean {
  switch (auth) {
    case "bearer":
      return isOneOf(valueOf("Bearer", headers) ?? "", secrets);
    case "basic":
      return isOneOf(Buffer.from(valueOf("Basic", headers) ?? "", "base64").toString("utf8"), secrets);
    case "hmac":
      return verifySignature(hmac, { headers, body }, secrets, nowMs) === "good";
    case "mtls":
      return isTrusted(certificates, secrets, nowMs);
  }
}

/** What an answer to a stranger asks for. */
export const challenges: Readonly<Record<EndpointAuth, string>> = {
  token: "Bearer",
  bearer: "Bearer",
  basic: 'Basic realm="polyglot", charset="UTF-8"',
  hmac: "HMAC",
  mtls: "Certificate",
};

function valueOf(scheme: string, { authorization = "" }: Headers): string | undefined {
  const [given = "", value = ""] = authorization.split(/ +/, 2);
  return given.toLowerCase() === scheme.toLowerCase() ? value : undefined;
}
