/** What the journal of an attempt asks of the controller. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { RunError } from "./raised.ts";

export type StepEnding =
  | { readonly values: readonly CanonicalValue[] }
  | { readonly error: RunError }
  /** Of a join: the node id of the fork that won. */
  | { readonly choice: string }
  /** Of a branch that a join left behind. */
  | { readonly left: true };

export interface Checkpoint {
  readonly place: string;
  readonly ending: StepEnding;
}

export interface ApprovalQuestion {
  readonly place: string;
  readonly message: string;
  /** Absent: it waits without end. */
  readonly timeoutSeconds?: number;
}

export interface Decision {
  readonly place: string;
  /** `undecided`: it was asked, and nobody has answered. */
  readonly decision: "undecided" | "approved" | "rejected" | "expired";
  readonly decidedBy: string;
  /** What whoever decided had to say. */
  readonly reply: string;
}

export interface Committed {
  readonly checkpoints: readonly Checkpoint[];
  readonly decisions: readonly Decision[];
}

/**
 * Each call is sent again until it is answered, or given up because the attempt is ended. `stale`: this attempt is not the
 * one that runs, and nothing was stored. Rejects with what the controller refuses.
 */
export interface Checkpoints {
  /** What earlier attempts committed. */
  read(): Promise<Committed | "stale" | "given up">;
  save(
    checkpoints: readonly Checkpoint[],
    questions: readonly ApprovalQuestion[],
  ): Promise<"saved" | "stale" | "given up">;
}
