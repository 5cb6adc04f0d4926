import type { ChaosPipelines, ChaosWorld } from "./chaos-world.ts";
import type { Random } from "./random.ts";

/** What a run of one guarantee came to. */
export interface Verdict {
  /** Kills, pauses or runs that really hit something. */
  readonly faults: number;
  /** Executions that were acknowledged. */
  readonly load: number;
  /** Sentences, each with the key or id that it is about. */
  readonly violations: readonly string[];
  /** Why nothing was shown; undefined: enough happened. */
  readonly isVoid?: string;
  /** What was measured beside, in words. */
  readonly figures?: readonly string[];
}

export interface Guarantee {
  readonly id: "G1" | "G2" | "G3" | "G5" | "G6" | "G7" | "G8" | "G9" | "G10" | "G11" | "G14" | "G15";
  readonly title: string;
  /** Faults of one round: a twentieth of the bar. */
  readonly faults: number;
  /** Pipelines of the system that it is shown on; absent: `work`. */
  readonly pipelines?: ChaosPipelines;
  run(world: ChaosWorld, random: Random, faults: number): Promise<Verdict>;
}

/** Violations of many, at most this many named. */
export const namedViolations = 20;
