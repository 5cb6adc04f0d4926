/**
 * The seam between the execution of a plan and the languages: one call of a function of the user's own code, what it
 * may cost, and how it can end. Who calls knows no runtime; a runtime knows no plan.
 */
import type { NativeTarget } from "@polyglot/contracts";
import type { Value } from "../convert/held-value.ts";
import type { Confinement } from "../limits/confinement.ts";
import type { Serving } from "../pool/pool-call.ts";

export interface NativeArgument {
  /** By keyword where given, else by position. */
  readonly name?: string;
  readonly value: Value;
  /** The type under which the callee takes it, e.g. `py\list`. */
  readonly to: string;
}

export interface NativeCall {
  readonly executionId: string;
  readonly attemptNo: number;
  /** The step's node id. */
  readonly node: string;
  /** A warm worker serves one namespace only. */
  readonly namespace: string;
  readonly target: NativeTarget;
  /** E.g. `3.11`; absent: the newest usable. */
  readonly runtimeVersion?: string;
  /** The file of a bundle that says what packages there are; absent: those that the runtime brings along. */
  readonly environment?: { readonly path: string; readonly bundleDigest: string };
  /** Variables of the process that it runs in, beside those that every worker has. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Beyond what every worker has; calls that are confined in the same way may share one. */
  readonly confinement?: Confinement;
  readonly arguments: readonly NativeArgument[];
  /** Types under which the results are taken, in order; empty when nothing is bound. More than one: a tuple or array is spread. */
  readonly results: readonly string[];
}

export interface CallCost {
  cpuTimeMs: number;
  memoryPeakMb: number;
  durationMs: number;
  conversionMs: number;
  /** Where values of some size crossed; absent where none did. */
  borders?: readonly BorderCost[];
}

/** What values cost on their way from one language to another; `pg` is the pipeline itself. */
export interface BorderCost {
  readonly from: NativeTarget["lang"] | "pg";
  readonly to: NativeTarget["lang"] | "pg";
  /** As they travelled: of text and of shared memory. */
  readonly bytes: number;
  readonly sharedBytes: number;
  readonly ms: number;
}

export interface RaisedError {
  /** `py\!ValueError`, `js\!TypeError`, `pg\!ConversionError`, `pg\!RuntimeError`. */
  readonly type: string;
  /** The class and its ancestors without the language, nearest first, for handlers: `["ValueError", "Exception", "BaseException"]`. */
  readonly lineage: readonly string[];
  readonly message: string;
  /** Frames in the user's own files, as the language prints them. */
  readonly trace: string;
}

export type NativeOutcome =
  | { readonly kind: "values"; readonly values: readonly Value[]; readonly cost: CallCost }
  /** `hasNotRun`: an argument does not fit its type, so the function was not called. */
  | { readonly kind: "error"; readonly error: RaisedError; readonly cost: CallCost; readonly hasNotRun?: boolean }
  /** The signal aborted and the work's process tree is gone. */
  | { readonly kind: "stopped"; readonly cost: CallCost };

export const logLevels = ["debug", "info", "warning", "error", "critical"] as const;

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: (typeof logLevels)[number];
  readonly text: string;
}

export interface CallHooks {
  /** Abort: kill the worker's process tree. The promise settles only when no process of it is left. */
  readonly signal: AbortSignal;
  onLog(line: LogLine): void;
  /** Bytes that it printed, lines that are left out of the log too. */
  readonly onOutput?: (bytes: number) => void;
  /** User code is about to run: its first line comes next. */
  onStart?(serving: Serving): void;
}

export interface FoundRuntime {
  readonly name: "python" | "node" | "rust" | "cpp";
  readonly version: string;
  readonly path: string;
  readonly usable: boolean;
  /** Why it is not usable, or is weakly contained; for people. */
  readonly problem?: string;
}

/** All native languages of a host behind one object. */
export interface NativeRuntimes {
  /** Finds and checks the runtimes of the host. */
  start(): Promise<void>;
  /** Ends every worker process. */
  stop(): Promise<void>;
  found(): readonly FoundRuntime[];
  /** A sentence where this host cannot confine a worker so. */
  problemOf(confinement: Confinement): string | undefined;
  call(call: NativeCall, hooks: CallHooks): Promise<NativeOutcome>;
  /** Nothing of the attempt runs any more, and nobody reads its values. */
  endAttempt(attempt: Pick<NativeCall, "executionId" | "attemptNo">): void;
}
