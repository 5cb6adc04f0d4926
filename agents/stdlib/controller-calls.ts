/** What the standard library may ask of the controller on behalf of the attempt whose step it stands for. */
import type { CanonicalValue } from "@polyglot/contracts";

/**
 * Each call is sent again until it is answered or the step is ended, and has effect once. What the controller refuses is
 * thrown as `Refused`, for the step to raise.
 */
export interface ControllerCalls {
  /** Undefined where the key has no value. */
  readState(key: string): Promise<CanonicalValue | undefined>;
  /** Undefined removes the key. */
  writeState(key: string, value: CanonicalValue | undefined): Promise<void>;
  /** The new value. */
  incrementState(key: string, by: number): Promise<number>;
}

/** The step that calls. */
export interface CallingStep {
  readonly executionId: string;
  readonly attemptNo: number;
  /** The pipeline whose text has the step. */
  readonly pipelineId: string;
  readonly node: string;
  /** Number of the next call of that step in its attempt, from 1. */
  nextSequence(): number;
  /** Aborts when the step is to end at once. */
  readonly signal: AbortSignal;
}
