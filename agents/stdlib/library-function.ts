/** The form of a name of the standard library that runs in the agent itself: `|U.` */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { ControllerCalls } from "./controller-calls.ts";

export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";

/** What a host's heartbeat says of its load. Rates and percentages are those between the last two samples. */
export interface HostLoad {
  /** Percent of all cores, 0 to 100. */
  readonly cpuPercent: number;
  readonly memoryUsedBytes: number;
  readonly memoryTotalBytes: number;
  readonly receivedBytesPerSecond: number;
  readonly sentBytesPerSecond: number;
}

export type RuntimeName = "python" | "node" | "rust";

/** Of a runtime against a version: 3.11.7 is the same as 3.11, and newer than 3.11.2. */
export type RuntimeAge = "older" | "same" | "newer";

/** What the standard library may use of its surroundings. */
export interface LibraryContext {
  readonly clock: Clock;
  /** Aborts when the step is to end at once. */
  readonly signal: AbortSignal;
  /** Load of the host, from memory: answers at once. */
  host(): HostLoad;
  /** What the controller keeps and does for the attempt. */
  readonly controller: ControllerCalls;
  /** The runtime that the pipeline's steps run on, against a version; undefined where there is none. */
  compareRuntime(name: RuntimeName, version: string): RuntimeAge | undefined;
  /** A line in the execution's log. */
  log(level: LogLevel, text: string): void;
  /** Begins a measure of the pipeline's own; the answer ends it under a name. */
  measure(): (name: string, end: "succeeded" | "failed" | "cancelled") => void;
  /** A line of which only the newest is wanted. */
  logProgress(text: string): void;
}

export interface LibraryError {
  /** `pg\!ValidationError`. */
  readonly type: string;
  /** The class and its ancestors without the language, nearest first. */
  readonly lineage: readonly string[];
  readonly message: string;
}

export type LibraryEnd =
  | { readonly kind: "values"; readonly values: readonly CanonicalValue[] }
  | { readonly kind: "error"; readonly error: LibraryError };

export type LibraryArguments = Readonly<Record<string, CanonicalValue>>;

export interface LibraryFunction {
  /** Names of the parameters; several lists where it may be called in several ways. The first that fits in number is taken. */
  readonly parameters: readonly (readonly string[])[];
  run(given: LibraryArguments, context: LibraryContext): LibraryEnd | Promise<LibraryEnd>;
}

export const values = (...items: CanonicalValue[]): LibraryEnd => ({ kind: "values", values: items });

export const problem = (name: string, message: string): LibraryEnd => ({
  kind: "error",
  error: { type: `pg\\!${name}`, lineage: [name], message },
});
