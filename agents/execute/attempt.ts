/** What comes in and what goes out: one attempt of one execution. */
import type { AttemptOutcome, CanonicalValue, CleanupState, ExecutionId, PipelineId } from "@polyglot/contracts";
import type { BorderCost, LogLine } from "../runtimes/native-call.ts";
import type { RunError } from "./raised.ts";
import type { AttemptSettings } from "./settings.ts";

export interface Attempt {
  readonly executionId: ExecutionId;
  readonly attemptNo: number;
  readonly pipelineId: PipelineId;
  readonly inputs: Readonly<Record<string, CanonicalValue>>;
  /** It goes on after what another execution had committed. */
  readonly isReplay?: boolean;
  /** What objects of the controller say beside the plan. */
  readonly settings?: AttemptSettings;
  /** When the activation was committed, in milliseconds since the epoch; absent where nobody said. */
  readonly enqueuedAt?: number;
}

/** Cost of a step or of a whole execution. */
export interface Cost {
  cpuTimeMs: number;
  memoryPeakMb: number;
  durationMs: number;
  conversionMs: number;
  /** Of a step; where values of some size crossed. */
  borders?: readonly BorderCost[];
}

/** What an execution's branches came to. */
export interface Branching {
  forks: number;
  /** From the end of the first branch of a join to the end of the last one that it waited for; the sum of all joins. */
  joinLatencyMs: number;
}

export interface StepRecord {
  readonly node: string;
  readonly state: "succeeded" | "failed" | "skipped" | "cancelled" | "waiting" | "replayed";
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly error?: RunError;
  /** Of its user code; absent for a step that ran none. */
  readonly cost?: Cost;
  /** Of its duration, the milliseconds before its user code began: it waited for a worker. */
  readonly waitMs?: number;
  /** Of a join; see `Branching`. */
  readonly joinLatencyMs?: number;
}

/** Where an attempt stands that runs. */
export interface AttemptProgress {
  readonly attempt: Attempt;
  /** Those that ended last, then those that run. */
  readonly steps: readonly (Omit<StepRecord, "state"> & { readonly state: StepRecord["state"] | "running" })[];
  readonly cost: Cost;
  readonly branching: Branching;
}

/** `lost`: the lease ran out. Nobody may be told how such an attempt ended: another one may have begun. */
export type AttemptEnd = Extract<AttemptOutcome, "succeeded" | "failed" | "killed" | "cancelled" | "lost" | "waiting">;

export interface AttemptReport {
  readonly outcome: AttemptEnd;
  readonly outputs: Readonly<Record<string, CanonicalValue>>;
  readonly error?: RunError;
  readonly exitCode?: number;
  readonly cleanup: CleanupState;
  /** Of outcome `waiting`: where people are asked, and without what nothing goes on. */
  readonly waitsFor?: readonly string[];
  readonly steps: readonly StepRecord[];
  readonly cost: Cost;
  readonly branching?: Branching;
  /** From the activation's commit to the start here. */
  readonly waitMs: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Background branches that go on, each as an execution of its own; absent where none does. */
  readonly background?: readonly BackgroundAttempt[];
}

/** The first and only attempt of an execution that was a background branch. */
export interface BackgroundAttempt {
  readonly attempt: Attempt;
  /** Of the fork's line, with the prefix of the calls that led to it. */
  readonly node: string;
}

export interface ExecutionLogLine extends LogLine {
  /** Order within the attempt, from 1. */
  readonly sequence: number;
  readonly node: string;
}

/** Where an attempt's news goes while it runs. */
export interface AttemptSink {
  onLog(attempt: Attempt, line: ExecutionLogLine): void;
  /** A step that ran user code has ended. */
  onStepCost(attempt: Attempt, node: string, cost: Cost): void;
}
