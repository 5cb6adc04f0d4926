import type { WaitCondition } from "@polyglot/contracts";

/** The one thing that holds an execution up, with its numbers. Times in milliseconds since the epoch. */
export interface Wait {
  readonly condition: WaitCondition;
  /** `queue 'etl' runs 5 of 5 at once` */
  readonly message: string;
  readonly details: readonly string[];
  readonly used?: number;
  readonly limit?: number;
  readonly heldBy: readonly string[];
  /** How many go first that wait for the same. */
  readonly before: number;
  readonly leavingPerSecond?: number;
  readonly opensAtMs?: number;
  readonly startsAtMs?: number;
  readonly untilMs?: number;
}
