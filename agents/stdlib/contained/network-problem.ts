/** What went wrong on the way to another program, as an error of `pg\!`. */
import { Refused } from "../given.ts";
import { AddressRefused } from "@polyglot/service/guarded-socket";

const timeouts: ReadonlySet<string> = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"]);

/** `what`: the call, for people. Undefined for a fault of ours. */
export function problemOfNetwork(error: unknown, what: string): Refused | undefined {
  if (error instanceof Refused) return error;
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AddressRefused) return new Refused("PermissionError", `${what}: ${error.message}`);
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const message = `${what}: ${messageOf(error)} (${code})`;
  if (code === "UND_ERR_INVALID_ARG") return new Refused("ValidationError", message);
  return new Refused(timeouts.has(code) ? "TimeoutError" : "NetworkError", message);
}

/** What cannot be read as HTTP comes with no code, or with one of the parser's own. */
const codeOf = (error: NodeJS.ErrnoException): string | undefined =>
  error.code ?? (error.name === "HTTPParserError" ? "no HTTP" : undefined);

/** Where several addresses were tried, the first one's. */
function messageOf(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first.message : error.message;
}
