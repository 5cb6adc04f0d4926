import type { RaisedError } from "../runtimes/native-call.ts";

/** An error of Polyglot's own: `language.md` 5 lists the names. All stand side by side, under `pg\!Any` alone. */
export type PolyglotErrorName =
  | "RuntimeError"
  | "NotImplementedError"
  | "ConversionError"
  | "ValidationError"
  | "ConfigError"
  | "DependencyError"
  | "FileError"
  | "ResourceError"
  | "OOMError"
  | "CpuThrottleError"
  | "TimeoutError"
  | "PermissionError"
  | "KilledError";

export function raised(name: PolyglotErrorName, message: string): RaisedError {
  return { type: `pg\\!${name}`, lineage: [name], message, trace: "" };
}

/** An error with the step that raised it: what travels outward through handlers, callers and the outcome. */
export interface RunError extends RaisedError {
  /** Node id, with the prefix of the calls that led to it. */
  readonly step: string;
  /** No other attempt would mend it: a person decided so, or there can be none. */
  readonly isFinal?: true;
}

export const at = (step: string, error: RaisedError): RunError => ({ ...error, step });
