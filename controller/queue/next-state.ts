/** What an ended attempt makes of its execution. Pure: the effects stand in the settler. */
import {
  type AttemptOutcome,
  type DeadLetterReason,
  defaults,
  type ExecutionState,
  type QueueConfiguration,
} from "@polyglot/contracts";
import type { QueueRetry } from "../registry/queue-definition.ts";

export interface EndedAttempt {
  readonly outcome: Exclude<AttemptOutcome, "waiting">;
  readonly attemptNo: number;
  readonly maxAttempts: number;
  /** `|Exit` or a person's rejection ended the run: no retry undoes what somebody decided. */
  readonly isDecided: boolean;
  /** Of its error; empty where there is none. */
  readonly errorType: string;
}

/** What the pipeline says wins over what its queue says. */
export type RetryRules = NonNullable<QueueConfiguration["retry"]> & Partial<Pick<QueueRetry, "on" | "errors">>;

export interface NextState {
  readonly state: Exclude<ExecutionState, "running">;
  /** Until the next attempt. */
  readonly delayMs: number | null;
  readonly deadLetterReason: Extract<DeadLetterReason, "attempts_used_up" | "not_retried" | "outcome_unknown"> | null;
}

export function nextState(ended: EndedAttempt, retry: RetryRules | undefined, random?: () => number): NextState {
  const { outcome, attemptNo, maxAttempts } = ended;
  if (outcome === "succeeded" || outcome === "cancelled") return final(outcome);
  if (outcome === "failed" && ended.isDecided) return final("failed");
  const isRetried = isTriedAgain(ended, outcome, retry);
  if (isRetried && attemptNo < maxAttempts) return retried(ended, retry, random);
  if (outcome === "killed") return final(outcome);
  return { state: "dead_lettered", delayMs: null, deadLetterReason: whyNoMore(outcome, isRetried) };
}

const final = (state: NextState["state"]): NextState => ({ state, delayMs: null, deadLetterReason: null });

function whyNoMore(outcome: "failed" | "lost", isRetried: boolean): NextState["deadLetterReason"] {
  if (outcome === "lost") return "outcome_unknown";
  return isRetried ? "attempts_used_up" : "not_retried";
}

const ends = { failed: "failed", killed: "killed", lost: "agent-lost" } as const;
const retriedEnds = ["failed", "agent-lost"] as const;
/** The error of those that a person kills; limits have types of their own. */
const killedByPerson = "pg\\!KilledError";

/** Whether its rules have another attempt follow such an end, as long as there are any. */
function isTriedAgain(
  { errorType }: EndedAttempt,
  outcome: keyof typeof ends,
  { on = [...retriedEnds], errors }: Pick<RetryRules, "on" | "errors"> = {},
): boolean {
  if (!on.includes(ends[outcome])) return false;
  if (outcome === "lost") return true;
  if (outcome === "killed" && (errorType === killedByPerson || errorType === "")) return false;
  return errors === undefined || errors.some((pattern) => isOfType(errorType, pattern));
}

const isOfType = (type: string, pattern: string): boolean =>
  pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

/** A lost attempt is not the work's fault: the next one starts at once. */
function retried(ended: EndedAttempt, retry: RetryRules | undefined, random?: () => number): NextState {
  const delayMs = ended.outcome === "lost" ? 0 : retryDelayMs(ended.attemptNo, retry, random);
  return { state: "waiting", delayMs, deadLetterReason: null };
}

/** Delay before the attempt that follows number `attemptNo` (from 1). Of it the share `jitter` is left to chance. */
export function retryDelayMs(
  attemptNo: number,
  retry: RetryRules | undefined,
  random: () => number = Math.random,
): number {
  const delayMs = fullDelayMs(attemptNo, retry);
  return delayMs * (1 - jitterOf(retry) * random());
}

/** Executions that failed together would come back together: what doubles is spread over its upper half by itself. */
function jitterOf(retry: RetryRules | undefined): number {
  const strategy = retry?.strategy ?? defaults.retryStrategy;
  return retry?.jitter ?? (strategy === "exponential" ? defaultJitter : 0);
}

const defaultJitter = 0.5;

function fullDelayMs(attemptNo: number, retry: RetryRules | undefined): number {
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
