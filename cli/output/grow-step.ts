import type { StepSummary } from "@polyglot/contracts/service";
import { toMs } from "./amounts.ts";

/** A step that runs has gone on since its agent told of it; this clock and the agent's may differ a little. */
export function growStep(step: StepSummary, nowMs: number): StepSummary {
  if (step.state !== "running" || step.startedAt === undefined) return step;
  return { ...step, durationMs: Math.max(step.durationMs, nowMs - toMs(step.startedAt)) };
}
