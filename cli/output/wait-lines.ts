import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Execution, Wait } from "@polyglot/contracts/service";
import { formatDuration } from "./amounts.ts";

/** As far as the controller counts. */
const mostBefore = 10_000n;

/** The one condition, then its numbers, a line each. */
export function waitLines({ state, agentId, queue, wait }: Execution, nowMs: number): string[] {
  if (state === "running") return [`runs on ${agentId}`];
  if (state !== "waiting") return [`waits for nothing: it is ${state}`];
  if (wait === undefined) return [`waits: its turn in queue '${queue}'`];
  return [`waits: ${wait.message}`, ...numbersOf(wait, nowMs).map((line) => `  ${line}`)];
}

function numbersOf(wait: Wait, nowMs: number): string[] {
  const { before, heldBy, used, details, leavingPerSecond, startsAt, waitsUntil } = wait;
  const lines: string[] = [];
  if (heldBy.length > 0) lines.push(`held by ${holders(heldBy, Number(used ?? heldBy.length))}`);
  if (before > 0n) lines.push(`${before >= mostBefore ? "at least " : ""}${before} before it`);
  if (leavingPerSecond !== undefined) lines.push(paceText(leavingPerSecond));
  if (startsAt !== undefined && wait.condition !== "none") lines.push(`starts about ${timeText(startsAt, nowMs)}`);
  if (waitsUntil !== undefined) lines.push(`waits until ${timeText(waitsUntil, nowMs)} at the longest`);
  return [...lines, ...details];
}

function holders(ids: readonly string[], used: number): string {
  const more = used - ids.length;
  return more > 0 ? `${ids.join(", ")} and ${more} more` : ids.join(", ");
}

function paceText(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond.toFixed(1)} starts a second`;
  return perSecond >= 1 / 60
    ? `${(perSecond * 60).toFixed(1)} starts a minute`
    : `${(perSecond * 3_600).toFixed(1)} starts an hour`;
}

function timeText(at: Timestamp, nowMs: number): string {
  const atMs = timestampMs(at);
  const span = atMs > nowMs ? `in ${formatDuration(atMs - nowMs)}` : "now";
  return `${new Date(atMs).toISOString()} (${span})`;
}
