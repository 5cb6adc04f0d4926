import { Code, ConnectError } from "@connectrpc/connect";
import { createCertificateRequest, type Identity } from "./identity.ts";
import { openConnection } from "./transport.ts";

export interface JoinTicket {
  readonly url: string;
  readonly agentId: string;
  /** One-time token. */
  readonly token: string;
  /** PEM of the authority that signed the controller's certificate. */
  readonly authority: string;
}

export type JoinOutcome =
  | { readonly kind: "joined"; readonly identity: Identity }
  /** The controller does not take the token or the request. */
  | { readonly kind: "refused"; readonly message: string }
  /** Nobody answered: worth another try. */
  | { readonly kind: "unreachable"; readonly message: string };

const refusals: ReadonlySet<Code> = new Set([
  Code.Unauthenticated,
  Code.PermissionDenied,
  Code.InvalidArgument,
  Code.FailedPrecondition,
  Code.AlreadyExists,
  Code.Unimplemented,
]);

/** Milliseconds for one answer. */
const answerMs = 10_000;

/** Trades the token for a certificate. */
export async function join({ url, agentId, token, authority }: JoinTicket): Promise<JoinOutcome> {
  const { key, request } = await createCertificateRequest(agentId);
  const connection = openConnection(url, { authority });
  try {
    const answer = await connection.client.join(
      { token, agentId, certificateRequest: request },
      { timeoutMs: answerMs },
    );
    const { certificate, certificateAuthority } = answer;
    return { kind: "joined", identity: { key, certificate, authority: certificateAuthority || authority } };
  } catch (cause) {
    const error = ConnectError.from(cause);
    return { kind: refusals.has(error.code) ? "refused" : "unreachable", message: error.message };
  } finally {
    connection.close();
  }
}

/** A new key and certificate for the agent that the present one names. */
export async function renew(url: string, agentId: string, identity: Identity): Promise<Identity> {
  const { key, request } = await createCertificateRequest(agentId);
  const connection = openConnection(url, identity);
  try {
    const answer = await connection.client.renewCertificate({ certificateRequest: request }, { timeoutMs: answerMs });
    return { ...identity, key, certificate: answer.certificate };
  } finally {
    connection.close();
  }
}
