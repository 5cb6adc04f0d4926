/** What PostgreSQL refused, as an error of `pg\!`, by the code that it gives ("SQLSTATE"). */
import { DatabaseError } from "pg";
import { Refused } from "../given.ts";
import { problemOfNetwork } from "./network-problem.ts";

/** The first that the code begins with counts. */
const types: readonly (readonly [code: string, type: string])[] = [
  // As many parameters as the statement has places for.
  ["08P01", "ValidationError"],
  ["08", "NetworkError"],
  ["57P", "NetworkError"],
  ["57014", "TimeoutError"],
  ["28", "PermissionError"],
  ["42501", "PermissionError"],
  ["3D", "ValidationError"],
  ["22", "ValidationError"],
  ["23", "ValidationError"],
  ["42", "ValidationError"],
  ["25006", "PermissionError"],
  ["53100", "DiskFullError"],
  ["53", "ResourceError"],
  ["54", "ResourceError"],
  // Another transaction was in the way: trying again may help.
  ["40", "ResourceError"],
  ["55", "ResourceError"],
];

export function problemOfPostgres(error: unknown): unknown {
  if (error instanceof Refused) return error;
  if (error instanceof DatabaseError && error.code !== undefined) return ofServer(error, error.code);
  const problem = problemOfNetwork(error, "PostgreSQL");
  if (problem !== undefined) return problem;
  return error instanceof Error ? ofClient(error) : error;
}

function ofServer({ message }: DatabaseError, code: string): Refused {
  const type = types.find(([start]) => code.startsWith(start))?.[1] ?? "RuntimeError";
  return new Refused(type, `PostgreSQL: ${message} (${code})`);
}

/** The client gives its own errors no code. */
function ofClient({ message }: Error): Refused {
  const type = /timeout/i.test(message) ? "TimeoutError" : "NetworkError";
  return new Refused(type, `PostgreSQL: ${message}`);
}
