/** What an ended attempt makes of its execution. Pure: the effects stand in the settler. */
import { type AttemptOutcome, defaults, type ExecutionState, type QueueConfiguration } from "@polyglot/contracts";

export interface EndedAttempt {
  readonly outcome: Exclude<AttemptOutcome, "waiting">;
  readonly attemptNo: number;
  readonly maxAttempts: number;
  /** `|Exit` or a person's rejection ended the run: no retry undoes what somebody decided. */
  readonly isDecided: boolean;
}

export interface NextState {
  readonly state: Exclude<ExecutionState, "running">;
  /** Until the next attempt. */
  readonly delayMs: number | null;
  readonly deadLetterReason: "attempts_used_up" | "outcome_unknown" | null;
}

export function nextState(ended: EndedAttempt, retry: QueueConfiguration["retry"], random?: () => number): NextState {
  const { outcome } = ended;
  if (outcome === "succeeded" || outcome === "killed" || outcome === "cancelled") return final(outcome);
  if (outcome === "failed" && ended.isDecided) return final("failed");
  if (ended.attemptNo < ended.maxAttempts) return retried(ended, retry, random);
  return {
    state: "dead_lettered",
    delayMs: null,
    deadLetterReason: outcome === "lost" ? "outcome_unknown" : "attempts_used_up",
  };
}

const final = (state: NextState["state"]): NextState => ({ state, delayMs: null, deadLetterReason: null });

/** A lost attempt is not the work's fault: the next one starts at once. */
function retried(ended: EndedAttempt, retry: QueueConfiguration["retry"], random?: () => number): NextState {
  const delayMs = ended.outcome === "lost" ? 0 : retryDelayMs(ended.attemptNo, retry, random);
  return { state: "waiting", delayMs, deadLetterReason: null };
}

/** Delay before the attempt that follows number `attemptNo` (from 1). Of it the share `jitter` is left to chance. */
export function retryDelayMs(
  attemptNo: number,
  retry: QueueConfiguration["retry"],
  random: () => number = Math.random,
): number {
  const delayMs = fullDelayMs(attemptNo, retry);
  return delayMs * (1 - jitterOf(retry) * random());
}

/** Executions that failed together would come back together: what doubles is spread over its upper half by itself. */
function jitterOf(retry: QueueConfiguration["retry"]): number {
  const strategy = retry?.strategy ?? defaults.retryStrategy;
  return retry?.jitter ?? (strategy === "exponential" ? defaultJitter : 0);
}

const defaultJitter = 0.5;

function fullDelayMs(attemptNo: number, retry: QueueConfiguration["retry"]): number {
  const baseMs = (retry?.base_seconds ?? defaults.retryBaseSeconds) * 1_000;
  const maxMs = (retry?.max_seconds ?? defaults.retryMaxSeconds) * 1_000;
  switch (retry?.strategy ?? defaults.retryStrategy) {
    case "immediate":
      return 0;
    case "fixed":
      return Math.min(baseMs, maxMs);
    case "linear":
      return Math.min(baseMs * attemptNo, maxMs);
    case "exponential":
      return Math.min(baseMs * 2 ** Math.min(attemptNo - 1, 30), maxMs);
  }
}
