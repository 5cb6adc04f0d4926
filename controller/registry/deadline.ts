/** Whether a deadline can be met, by what runs of the pipeline took before. Pure. */
import type { RunEstimate } from "../store/run-estimates.ts";

/** What says that it cannot; undefined: it can, or nothing is known against it. */
export function missedDeadline(
  deadlineAtMs: number,
  nowMs: number,
  estimate: RunEstimate | undefined,
): string | undefined {
  const leftMs = deadlineAtMs - nowMs;
  const deadline = `the deadline ${new Date(deadlineAtMs).toISOString()}`;
  if (leftMs <= 0) return `${deadline} has passed`;
  if (estimate === undefined || estimate.meanMs <= leftMs) return undefined;
  const { runs, meanMs } = estimate;
  return `${deadline} cannot be met: a run takes ${seconds(meanMs)} on the mean of ${runs} in a day, and ${seconds(leftMs)} are left`;
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
