/**
 * How a condition stands at a site. Pure.
 *
 *     off ──holds──> pending ──for so long without a break──> on ──clears──> off
 *      ^───────────────┘
 */
import type { Reading } from "./reading.ts";

export interface Standing {
  readonly state: "off" | "pending" | "on";
  /** Since when it is so; of `on`: since when it holds, `for` included. */
  readonly sinceMs: number;
  readonly value: number;
}

export function nextStanding(before: Standing | undefined, reading: Reading, forMs: number, nowMs: number): Standing {
  const { value } = reading;
  const state = before?.state ?? "off";
  if (state === "on")
    return reading.clears ? { state: "off", sinceMs: nowMs, value } : { ...known(before, nowMs), value };
  if (!reading.holds)
    return state === "off" ? { ...known(before, nowMs), value } : { state: "off", sinceMs: nowMs, value };
  const sinceMs = state === "pending" ? known(before, nowMs).sinceMs : nowMs;
  return { state: nowMs - sinceMs >= forMs ? "on" : "pending", sinceMs, value };
}

const known = (before: Standing | undefined, nowMs: number): Standing =>
  before ?? { state: "off", sinceMs: nowMs, value: 0 };
