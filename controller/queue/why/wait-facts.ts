/** What is known of one execution that waits, when somebody asks what for. */
import type { QueueConfiguration } from "@polyglot/contracts";
import type { QueueDefinition } from "../../registry/queue-definition.ts";
import type { RunEstimate } from "../../store/run-estimates.ts";
import type { WaitingExecution } from "../../store/waiting.ts";
import type { PlacesTaken, Shares, Starts } from "../../store/waits.ts";
import type { Refusal } from "../admission/refusal.ts";
import type { Meters } from "../meters.ts";
import type { ShareStanding } from "../share-standing.ts";

export interface WaitFacts {
  readonly nowMs: number;
  readonly execution: WaitingExecution;
  readonly definition: QueueDefinition;
  /** What the pipeline's own lines say. */
  readonly lines: QueueConfiguration | undefined;
  readonly meters: Meters;
  readonly places: PlacesTaken;
  readonly before: Shares;
  readonly starts: Starts;
  /** Who shares the queue by weight; empty where nobody does. */
  readonly sharers: readonly ShareStanding[];
  /** How long runs of the pipeline take. */
  readonly estimate: RunEstimate | undefined;
  /** Agents with a stream to this controller, and those that cannot have it now. */
  readonly agents: { readonly connected: number; readonly refusals: readonly Refusal[] };
}
