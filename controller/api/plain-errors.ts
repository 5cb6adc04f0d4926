/** The API's refusals as plain HTTP answers. */
import { Code, ConnectError } from "@connectrpc/connect";
import { ApiErrorSchema } from "@polyglot/contracts/service";

const statuses: ReadonlyMap<Code, number> = new Map([
  [Code.Unauthenticated, 401],
  [Code.PermissionDenied, 403],
]);

export const statusOfError = (error: unknown): number =>
  (error instanceof ConnectError ? statuses.get(error.code) : undefined) ?? 503;

export function apiErrorOf(error: ConnectError): { readonly code: string; readonly message: string } {
  const [detail] = error.findDetails(ApiErrorSchema);
  return { code: detail?.code ?? "internal", message: error.rawMessage };
}
