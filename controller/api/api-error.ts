/** How the API refuses: a Connect status for the protocol, a stable code and a sentence for the caller. */
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ErrorCode } from "@polyglot/contracts";
import { type ApiError, ApiErrorSchema } from "@polyglot/contracts/service";

const statuses = {
  "input/missing": Code.InvalidArgument,
  "input/unknown": Code.InvalidArgument,
  "input/type": Code.InvalidArgument,
  "pipeline/unknown": Code.NotFound,
  "pipeline/ambiguous": Code.InvalidArgument,
  "pipeline/not-ready": Code.FailedPrecondition,
  "pipeline/suspended": Code.FailedPrecondition,
  "pipeline/conditions": Code.FailedPrecondition,
  "pipeline/full": Code.ResourceExhausted,
  "execution/unknown": Code.NotFound,
  "execution/not-ended": Code.FailedPrecondition,
  "execution/no-approval": Code.FailedPrecondition,
  "execution/ended": Code.FailedPrecondition,
  "dead-letter/unknown": Code.NotFound,
  "dead-letter/settled": Code.FailedPrecondition,
  "queue/full": Code.ResourceExhausted,
  "queue/pressed": Code.ResourceExhausted,
  "queue/draining": Code.ResourceExhausted,
  "queue/deadline": Code.FailedPrecondition,
  "queue/unknown": Code.NotFound,
  "queue/in-use": Code.FailedPrecondition,
  "artifact/unknown": Code.NotFound,
  "attempt/stale": Code.FailedPrecondition,
  "state/kind": Code.FailedPrecondition,
  "connection/unknown": Code.NotFound,
  "secret/unknown": Code.NotFound,
  "secret/no-value": Code.FailedPrecondition,
  "apply/owned": Code.FailedPrecondition,
  "apply/invalid": Code.InvalidArgument,
  "apply/moved": Code.FailedPrecondition,
  "apply/failed": Code.Internal,
  "git/refused": Code.InvalidArgument,
  "auth/missing": Code.Unauthenticated,
  "auth/invalid": Code.Unauthenticated,
  "auth/forbidden": Code.PermissionDenied,
  "join/token": Code.PermissionDenied,
  "agent/never-came": Code.NotFound,
  "agent/unknown": Code.Unauthenticated,
  "request/invalid": Code.InvalidArgument,
  "request/too-large": Code.ResourceExhausted,
  "trigger/unknown": Code.NotFound,
  "trigger/rate": Code.ResourceExhausted,
  "trigger/busy": Code.ResourceExhausted,
  "store/unavailable": Code.Unavailable,
} as const satisfies Record<ErrorCode, Code>;

/** Seconds after which it is worth trying again, as HTTP says it. */
const retryAfter: Partial<Record<ErrorCode, number>> = { "queue/full": 1, "queue/pressed": 1, "queue/draining": 30 };

/** `field` names the input or field that it is about. */
export function apiError(code: ErrorCode, message: string, field = ""): ConnectError {
  const value = apiErrorMessage(code, message, field);
  const seconds = retryAfter[code];
  const headers = seconds === undefined ? undefined : { "Retry-After": String(seconds) };
  return new ConnectError(message, statuses[code], headers, [{ desc: ApiErrorSchema, value }]);
}

export function apiErrorMessage(code: ErrorCode, message: string, field = ""): ApiError {
  return create(ApiErrorSchema, { code, message, field });
}
