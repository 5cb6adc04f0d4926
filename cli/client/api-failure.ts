import { Code, ConnectError } from "@connectrpc/connect";
import { type ApiError, ApiErrorSchema } from "@polyglot/contracts/service";
import type { Endpoint } from "./endpoint.ts";
import { Failure, type FailureKind } from "./failure.ts";

/** Codes of the API that say that the caller asked for something that cannot be. */
const usageCodes = ["input/", "request/", "pipeline/unknown", "pipeline/ambiguous"];

/** Turns what a call threw into the failure that a person reads. What is no failure of a call stays as it is. */
export function explain(error: unknown, endpoint: Endpoint): unknown {
  if (!(error instanceof ConnectError)) return error;
  const details = error.findDetails(ApiErrorSchema);
  const text = details.length === 0 ? error.rawMessage : details.map(describe).join("\n");
  const kind = details[0] === undefined ? kindOfCode(error.code) : kindOfDetail(details[0], error.code);
  const where = kind === "unreachable" ? ` (${endpoint.url}, from ${endpoint.origin})` : "";
  return new Failure(kind, `${unreachableReason(error) ?? text}${where}`, { cause: error });
}

const describe = (detail: ApiError): string => `${detail.message} [${detail.code}]`;

function kindOfDetail(detail: ApiError, code: Code): FailureKind {
  return usageCodes.some((prefix) => detail.code.startsWith(prefix)) ? "usage" : kindOfCode(code);
}

/** No call here is cancelled by its caller: a call that ends so lost its connection. */
const brokenCodes = [Code.Canceled, Code.Aborted];

/** Whether the controller cannot be reached, or was lost in the middle of the call. */
export const isAway = (error: unknown): boolean =>
  error instanceof ConnectError && [Code.Unavailable, ...brokenCodes].includes(error.code);

function kindOfCode(code: Code): FailureKind {
  if (brokenCodes.includes(code)) return "unreachable";
  if (code === Code.Unavailable || code === Code.Unauthenticated || code === Code.PermissionDenied)
    return "unreachable";
  if (code === Code.DeadlineExceeded) return "timeout";
  return code === Code.InvalidArgument ? "usage" : "failed";
}

/** Node's words for a refused or untrusted connection, in ours. */
function unreachableReason(error: ConnectError): string | undefined {
  if (brokenCodes.includes(error.code)) return "the connection broke: has the controller ended?";
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  if (cause?.code === "ECONNREFUSED") return "nothing listens there: is the controller running?";
  if (cause?.code?.includes("CERT") || cause?.code?.includes("SELF_SIGNED")) {
    return `the controller's certificate is not trusted (${cause.code}): give its authority with --ca`;
  }
  return undefined;
}
