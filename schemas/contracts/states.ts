/**
 * States of an execution and what leads from one to another.
 *
 *     waiting ──claim──> running ──settle──> succeeded | failed | killed | cancelled | dead_lettered
 *        ^                  │
 *        └─ retry, rescue, ─┘
 *           approval to come
 *
 * `waiting` holds until the queue admits it (and until a retry is due, or a person has approved); `running` has one
 * attempt with a lease.
 * Every other state is an outcome and final: exactly one is ever recorded.
 */
export const outcomes = ["succeeded", "failed", "killed", "dead_lettered", "cancelled"] as const;
export type Outcome = (typeof outcomes)[number];

export const executionStates = ["waiting", "running", ...outcomes] as const;
export type ExecutionState = (typeof executionStates)[number];

/**
 * How one attempt ended. `lost`: its agent's lease expired, and what it did is not known. `waiting`: nothing of it can go
 * on before a person has approved; the next attempt does.
 */
export const attemptOutcomes = ["succeeded", "failed", "killed", "cancelled", "lost", "waiting"] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** What became of the cleanup phase. `none`: setup had not begun, so none is owed. */
export const cleanupStates = ["none", "done", "failed", "abandoned"] as const;
export type CleanupState = (typeof cleanupStates)[number];

export const isOutcome = (state: string): state is Outcome => (outcomes as readonly string[]).includes(state);

export const conditionTypes = ["Ready", "Reconciling", "Stalled", "Drifted", "Prepared"] as const;
export type ConditionType = (typeof conditionTypes)[number];

/** As Kubernetes API conventions have it: one entry per type, the transition time moves only when the status does. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: "True" | "False" | "Unknown";
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly message: string;
  /** ISO 8601. */
  readonly last_transition_at: string;
}

export const retryStrategies = ["immediate", "fixed", "linear", "exponential"] as const;
export type RetryStrategy = (typeof retryStrategies)[number];

/** What holds where nothing is said. */
export const defaults = {
  maxAttempts: 3,
  queue: "Default",
  retryStrategy: "exponential",
  retryBaseSeconds: 1,
  retryMaxSeconds: 60,
  graceSeconds: 5,
  leaseMs: 10_000,
  renewMs: 3_000,
  /** An agent that could not renew for this long kills its work, so that it is gone before the lease is. */
  stopMs: 8_000,
} as const;

/** Why no attempt follows one that did not end well, or why an execution never began. */
export const deadLetterReasons = [
  "attempts_used_up",
  "not_retried",
  "outcome_unknown",
  "wait_timeout",
  "deadline_missed",
  "queue_full",
  "dropped",
] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];
