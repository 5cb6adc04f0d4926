/** One call as the pool sees it: text that goes to a worker, and how it may end. */
import type { ProcessEnd } from "../limits/contained-process.ts";
import type { ProcessTree } from "../limits/process-tree.ts";

export interface OutputLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: string;
  readonly text: string;
}

/** The process that a call runs in, for the time of the call: it runs no other one then. */
export interface Serving {
  readonly tree: ProcessTree;
  /** No further call is sent there. */
  wearOut(): void;
}

export interface PoolCall {
  /** JSON for the worker. */
  readonly body: string;
  /** Calls with the same name are expected to take as long as each other. */
  readonly functionName: string;
  /** Abort: end the process in which the call runs, or do not begin. */
  readonly signal: AbortSignal;
  onBegin(serving: Serving): void;
  onLine(line: OutputLine): void;
  /** Bytes that it printed; absent where nobody counts. */
  readonly onOutput?: (bytes: number) => void;
}

export type PoolReply =
  | { readonly kind: "value" | "error"; readonly body: string }
  /** Its process ended while it ran. */
  | { readonly kind: "died"; readonly end: ProcessEnd; readonly lastOutput: string }
  /** No process of the group could be started, so it never ran. */
  | { readonly kind: "unstartable"; readonly reason: string }
  /** It was aborted, and no process of it is left. */
  | { readonly kind: "stopped" };
