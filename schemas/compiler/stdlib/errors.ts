/** `U.Error.` and `U.Assert`. */
import type { LibraryEntry } from "./entry.ts";
import { done } from "./utility.ts";

const retryArguments = "max_attempts?: int, base_delay?: any, max_delay?: any, strategy?: Enum";

/** Of which errors, in words. */
const classes = {
  OOM: "a lack of memory (`pg\\!OOMError`, `py\\!MemoryError`, `cpp\\!BadAlloc`)",
  CpuThrottle: "a lack of CPU time (`pg\\!CpuThrottleError`)",
  Timeout: "a time that was too long (`pg\\!TimeoutError`, `py\\!TimeoutError`, `js\\!TimeoutError`)",
  ResourceLimit:
    "a limit of memory, CPU, disk or another resource (those of OOM and CpuThrottle, `pg\\!DiskFullError`, `pg\\!ResourceError`)",
} as const;

export const errors: readonly LibraryEntry[] = [
  done("Error.Retry", "In a handler: runs the failed step again at once, up to 3 times where nothing else is said.", {
    aliases: ["U.Retry"],
    takes: retryArguments,
  }),
  done("Error.RetryWithBackoff", "In a handler: runs the failed step again, after waits that grow.", {
    takes: retryArguments,
  }),
  done("Error.Raise", "Raises an error, of the type `pg\\!RuntimeError` where none is named.", {
    takes: "message: string, type?: string",
  }),
  done("Error.Aggregate", "Raises several errors as one; none is no error.", { takes: "errors: list" }),
  done("Error.Log", "Writes an error with its type to the execution's log.", { takes: "error: any" }),
  ...Object.entries(classes).map(([name, what]) =>
    done(
      `Error.Handle.${name}`,
      `In a handler: if the error is ${what}, runs the pipeline that \`action\` names with the error's fields as a map. Gives whether it was.`,
      { takes: "action: string", gives: "taken: bool", runs: { parameter: "action", inputs: ["pg\\dict"] } },
    ),
  ),
  done(
    "Error.GracefulShutdown",
    "Logs the message and ends the run in order, as |Exit does: cleanup of the pipeline and its callers, wrappers closed. The code is 0 where none is given, and 1 in a handler: the execution has failed then, and is not tried again.",
    { aliases: ["U.Shutdown"], takes: "message?: string, code?: int" },
  ),
  done("Assert", "Raises `pg\\!ValidationError` where a condition does not hold.", {
    takes: "condition: bool, message?: string",
  }),
];
