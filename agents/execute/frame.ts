/** Where a step stands while it runs: whose line it is, what it sees, and what can end it. */
import type { Handler, NativeLanguage, PlanBody, Step } from "@polyglot/contracts";
import type { Branch } from "./branch.ts";
import type { Execution } from "./execution.ts";
import type { Flow } from "./flow.ts";
import type { Journal } from "./journal.ts";
import type { OpenForks } from "./open-forks.ts";
import type { RunError } from "./raised.ts";
import type { Variables } from "./runtime-variables.ts";
import type { Scope } from "./scope.ts";
import type { Usage } from "./usage.ts";

/** One pipeline's lines inside an execution: the execution's own, or those of a pipeline that a step called. */
export interface Unit {
  readonly pipelineId: string;
  readonly namespace: string;
  readonly body: PlanBody;
  /** Node ids of the calls that led here, each with a `/` behind it; empty for the execution's own pipeline. */
  readonly prefix: string;
  /** Calls of pipelines that led here. */
  readonly depth: number;
  /** Names of the wrappers that are open here, those of the callers included: what `With.` asks. */
  readonly inForce: Set<string>;
  /** Variables that this pipeline's wrappers give to the processes of its own steps, by language. */
  readonly variables: Map<NativeLanguage, Variables>;
  /** What its native calls use, and those of the pipelines that it calls. */
  readonly usage: Usage;
  /** What its cleanup lines run under: only the end of a grace period, or a lost lease, ends it. */
  readonly cleanup: () => Branch;
}

/** In a handler: the error that it handles, and the step that failed, to be run again by a retry. */
export interface FailedStep {
  readonly error: RunError;
  again(): Promise<Flow>;
}

/** What lines use of the execution that they are a part of: its run, or a background branch. */
export type RunningExecution = Pick<
  Execution,
  | "attempt"
  | "plan"
  | "runtimes"
  | "library"
  | "clock"
  | "sink"
  | "host"
  | "share"
  | "standIns"
  | "killRules"
  | "onOutput"
  | "handled"
  | "record"
  | "secrets"
  | "background"
  | "controllerCalls"
  | "leave"
  | "noteCleanup"
>;

export interface Frame {
  readonly execution: RunningExecution;
  readonly unit: Unit;
  readonly scope: Scope;
  readonly branch: Branch;
  /** Forks of this block that no join has taken. */
  readonly forks: OpenForks;
  /** Rows of switches of this block of which one matched since the first was reached: what `Default` looks at. */
  readonly matched: Set<string>;
  readonly failedStep?: FailedStep;
  /** Of a durable execution, in the run phase: elsewhere each attempt runs its lines anew. */
  readonly journal: Journal | undefined;
}

export const nodeOf = (frame: Frame, line: Step | Handler): string => frame.unit.prefix + line.node;
