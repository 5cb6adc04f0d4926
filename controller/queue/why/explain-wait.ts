/** The condition with its place in line, how fast that moves, and when it ends by that. Pure. */
import type { Shares } from "../../store/waits.ts";
import { blockingShare } from "../share-standing.ts";
import { type Blocking, blockingOf, type Scope } from "./blocking.ts";
import { spanText } from "./span-text.ts";
import type { Wait } from "./wait.ts";
import type { WaitFacts } from "./wait-facts.ts";

export function explainWait(facts: WaitFacts): Wait {
  const blocking = blockingOf(facts);
  const { condition, message, used, limit, heldBy = [], opensAtMs, scope } = blocking;
  const before = beforeIn(facts.before, scope);
  const perSecond = leavingPerSecond(facts, blocking);
  const startsAtMs = startsAt(facts, blocking, before, perSecond);
  const { waitUntilMs, attemptNo } = facts.execution;
  return {
    ...{ condition, message, heldBy, before },
    details: [...(blocking.details ?? []), ...shareDetails(facts, blocking), ...deadlineDetails(facts, startsAtMs)],
    ...(used !== undefined && { used }),
    ...(limit !== undefined && { limit }),
    ...(opensAtMs !== undefined && { opensAtMs }),
    ...(perSecond !== undefined && { leavingPerSecond: perSecond }),
    ...(startsAtMs !== undefined && { startsAtMs }),
    ...(waitUntilMs !== null && attemptNo === 0 && { untilMs: waitUntilMs }),
  };
}

function beforeIn(before: Shares, scope: Scope): number {
  if (scope === "itself") return 0;
  if (scope === "queue") return before.inAll;
  if (scope === "pipeline") return before.ofPipeline;
  return scope === "key" ? before.ofKey : before.ofRateKey;
}

/** As many starts as there were; where there was none to measure by, what runs now and how long a run takes (Little's law). */
function leavingPerSecond(facts: WaitFacts, { scope, intervalMs, isOpenEnded }: Blocking): number | undefined {
  if (isOpenEnded || scope === "itself") return undefined;
  if (intervalMs !== undefined) return 1_000 / intervalMs;
  const { starts, places, estimate } = facts;
  const [started, running] =
    scope === "pipeline"
      ? [starts.ofPipeline, places.pipeline.used]
      : scope === "key"
        ? [starts.ofKey, places.key.used]
        : [starts.inAll, places.queue.used];
  if (started > 1 && starts.overMs > 0) return (started * 1_000) / starts.overMs;
  return running > 0 && estimate !== undefined && estimate.meanMs > 0 ? (running * 1_000) / estimate.meanMs : undefined;
}

function startsAt(
  { nowMs }: WaitFacts,
  { condition, opensAtMs, intervalMs, isOpenEnded }: Blocking,
  before: number,
  perSecond: number | undefined,
): number | undefined {
  if (isOpenEnded) return undefined;
  if (opensAtMs !== undefined) return opensAtMs + before * (intervalMs ?? 0);
  if (condition === "none") return nowMs;
  return perSecond === undefined ? undefined : nowMs + ((before + 1) / perSecond) * 1_000;
}

/** Of what waits for its turn or for a place of the queue, whose part of the places goes first. */
function shareDetails(
  { sharers, execution: { shareKey }, definition, places }: WaitFacts,
  { scope }: Blocking,
): string[] {
  if (shareKey === null || scope !== "queue") return [];
  const first = blockingShare(sharers, shareKey, definition.spec.concurrency?.max ?? places.queue.used);
  return first === undefined ? [] : [`share ${first}`];
}

function deadlineDetails({ execution: { deadlineAtMs }, estimate, nowMs }: WaitFacts, startsAtMs?: number): string[] {
  if (deadlineAtMs === null) return [];
  const left = `its deadline is ${deadlineAtMs > nowMs ? `in ${spanText(deadlineAtMs - nowMs)}` : "over"}`;
  if (estimate === undefined) return [left];
  const takes = `a run takes ${spanText(estimate.meanMs)} on the mean`;
  const isLate = (startsAtMs ?? nowMs) + estimate.meanMs > deadlineAtMs;
  return [`${left}, and ${takes}${isLate ? ": it will not be met" : ""}`];
}
