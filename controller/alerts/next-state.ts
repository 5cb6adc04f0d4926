/**
 * Where an alert goes from what it was and what is seen now. Pure.
 *
 *     (none) ──holds──> pending ──holds for so long──> firing ──clears──> resolved ──holds──> pending …
 *                          └──does not hold──> (none, or resolved as before)
 *
 * Between holding and clearing lies what changes nothing: a value that swings there raises no second alert.
 */
import type { AlertStateRow } from "../store/alerts.ts";

export interface Reading {
  /** What it is about; empty: the whole installation. */
  readonly subject: string;
  readonly value: number;
  readonly holds: boolean;
  readonly clears: boolean;
}

export interface Step {
  /** Undefined: nothing is kept of it. */
  readonly next: AlertStateRow | undefined;
  /** What is told. */
  readonly news: "firing" | "resolved" | undefined;
}

export function nextState(
  alert: string,
  before: AlertStateRow | undefined,
  { subject, value, holds, clears }: Reading,
  forMs: number,
  now: Date,
): Step {
  const at = (state: AlertStateRow["state"], since: Date): AlertStateRow => ({ alert, subject, state, since, value });
  if (before?.state === "firing") {
    return clears
      ? { next: at("resolved", now), news: "resolved" }
      : { next: at("firing", before.since), news: undefined };
  }
  if (before?.state === "pending" && (holds || !clears)) {
    const isLong = now.getTime() - before.since.getTime() >= forMs;
    return isLong && holds
      ? { next: at("firing", now), news: "firing" }
      : { next: at("pending", before.since), news: undefined };
  }
  if (holds)
    return forMs > 0 ? { next: at("pending", now), news: undefined } : { next: at("firing", now), news: "firing" };
  return { next: before?.state === "resolved" ? before : undefined, news: undefined };
}
