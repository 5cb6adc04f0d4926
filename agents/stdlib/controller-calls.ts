/** What the standard library may ask of the controller on behalf of the attempt whose step it stands for. */
import type { CanonicalValue, ConnectionType } from "@polyglot/contracts";

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
  /** Undefined where the key has no value, or not any more. */
  readCache(key: string): Promise<CanonicalValue | undefined>;
  /** `validMs` 0: until its room is needed. */
  writeCache(key: string, value: CanonicalValue, validMs: number): Promise<void>;
  putArtifact(name: string, content: Uint8Array): Promise<void>;
  /** Of the step's own execution where none is named. Undefined where it keeps none of that name. */
  getArtifact(name: string, executionId: string | undefined): Promise<Uint8Array | undefined>;
  /** Its value, for the pipeline whose text has the step. */
  getSecret(name: string): Promise<string>;
  /** What an object of the kind Connection says, for the pipeline whose text has the step. */
  getConnection(name: string): Promise<NamedConnection>;
  /** The id of the execution that the step's call started, now or in an earlier attempt. */
  startExecution(pipelineId: string, inputs: CanonicalValue): Promise<string>;
}

export interface NamedConnection {
  readonly type: ConnectionType;
  /** Without a password. */
  readonly url: string;
  /** Undefined: as the URL says. */
  readonly tlsEnabled: boolean | undefined;
  readonly credentials: ConnectionCredentials | undefined;
}

/** A password or a token. */
export interface ConnectionCredentials {
  /** The secret's name. */
  readonly secret: string;
  /** Undefined where the URL names the user, and where there is none. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
}

/** The step that calls. */
export interface CallingStep {
  /** The attempt that it is a part of now: a background branch becomes one of its own when its run ends. */
  attempt(): { readonly executionId: string; readonly attemptNo: number };
  /** The pipeline whose text has the step. */
  readonly pipelineId: string;
  readonly node: string;
  /** Number of the next call of that step in its attempt, from 1. */
  nextSequence(): number;
  /** Aborts when the step is to end at once. */
  readonly signal: AbortSignal;
}
