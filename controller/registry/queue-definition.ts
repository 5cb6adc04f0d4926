/** A queue as it is in force: what is declared of it, read once, with what people and the load said since. Pure. */
import { declaredKinds, parseDurationSeconds, type QueueConfiguration, type QueueSpec } from "@polyglot/contracts";
import type { DeclaredQueue, QueueState } from "../store/queue-states.ts";

export interface Ageing {
  readonly everyMs: number;
  readonly by: number;
  /** The most that it gains; absent: without end. */
  readonly max?: number;
}

/** Who shares a queue, and how much each weighs beside the others. */
export interface FairShare {
  readonly by: "namespace" | "pipeline" | "key";
  /** The input whose values share. */
  readonly key?: string;
  readonly weights: ReadonlyMap<string, number>;
}

/** So many starts in a period, and so many at once after a quiet time. */
export interface Rate {
  readonly limit: number;
  readonly periodMs: number;
  readonly burst: number;
}

/** What a pipeline of the queue leaves open about its retries. */
export interface QueueRetry extends Required<Omit<Retry, "jitter">>, Pick<Retry, "jitter"> {
  readonly on: NonNullable<QueueSpec["retry"]>["on"];
  /** Types of errors, with `*` at the end for any; absent: all. */
  readonly errors?: readonly string[];
}

type Retry = NonNullable<QueueConfiguration["retry"]>;

export interface QueueDefinition {
  readonly name: string;
  /** An object declares it; else it is a name with the defaults. */
  readonly isDeclared: boolean;
  readonly spec: QueueSpec;
  readonly ageing?: Ageing;
  /** The longest wait for the first start. */
  readonly timeoutMs?: number;
  readonly rate?: Rate & { readonly key?: string };
  /** The least time between two starts, as a rate. */
  readonly throttle?: Rate;
  readonly backpressure?: { readonly high: number; readonly low: number };
  readonly retry?: QueueRetry;
  readonly fairShare?: FairShare;
  readonly isPaused: boolean;
  readonly isDraining: boolean;
  readonly isPressed: boolean;
  readonly state?: QueueState;
}

const defaultSpec: QueueSpec = parseSpec("Default", {});

export function defineQueue(
  name: string,
  declared: DeclaredQueue | undefined,
  state: QueueState | undefined,
): QueueDefinition {
  const spec = declared === undefined ? defaultSpec : parseSpec(name, declared.spec);
  const { rateLimit, throttle, timeout, backpressure, priority, retry, fairShare } = spec;
  return {
    name,
    isDeclared: declared !== undefined,
    spec,
    ...(priority?.ageing !== undefined && { ageing: ageingOf(priority.ageing) }),
    ...(timeout !== undefined && { timeoutMs: milliseconds(timeout) }),
    ...(rateLimit !== undefined && { rate: rateOf(rateLimit) }),
    ...(throttle !== undefined && { throttle: { limit: 1, periodMs: milliseconds(throttle), burst: 1 } }),
    ...(backpressure !== undefined && { backpressure: marksOf(backpressure) }),
    ...(retry !== undefined && { retry: retryOf(retry) }),
    ...(fairShare !== undefined && { fairShare: shareOf(fairShare) }),
    isPaused: state?.paused ?? spec.paused,
    isDraining: state?.draining ?? false,
    isPressed: backpressure !== undefined && (state?.pressed ?? false),
    ...(state !== undefined && { state }),
  };
}

/** Of one of those who share it. */
export const weightOf = ({ fairShare }: QueueDefinition, share: string): number => fairShare?.weights.get(share) ?? 1;

/** What comes to it has to be looked at in the transaction that takes it. */
export const isBounded = ({ spec, backpressure, isDraining }: QueueDefinition): boolean =>
  spec.maxSize !== undefined || backpressure !== undefined || isDraining;

/** What is stored has passed the schema before. What an older version stored and this one refuses is taken as the defaults. */
function parseSpec(name: string, spec: unknown): QueueSpec {
  const written = { apiVersion: "polyglot.dev/v1", kind: "Queue", metadata: { name }, spec };
  const parsed = declaredKinds.Queue.schema.safeParse(written);
  return parsed.success ? parsed.data.spec : defaultSpec;
}

function ageingOf({ every, by, max }: NonNullable<NonNullable<QueueSpec["priority"]>["ageing"]>): Ageing {
  return { everyMs: Math.max(1, milliseconds(every)), by, ...(max !== undefined && { max }) };
}

function rateOf({ limit, period, burst, key }: NonNullable<QueueSpec["rateLimit"]>): QueueDefinition["rate"] & object {
  return { limit, periodMs: milliseconds(period), burst: burst ?? limit, ...(key !== undefined && { key }) };
}

function retryOf({
  maxAttempts,
  strategy,
  base,
  max,
  jitter,
  on,
  errors,
}: NonNullable<QueueSpec["retry"]>): QueueRetry {
  return {
    max_attempts: maxAttempts,
    strategy,
    base_seconds: parseDurationSeconds(base) ?? 0,
    max_seconds: parseDurationSeconds(max) ?? 0,
    ...(jitter !== undefined && { jitter }),
    on,
    ...(errors !== undefined && { errors }),
  };
}

const shareOf = ({ by, key, weights }: NonNullable<QueueSpec["fairShare"]>): FairShare => ({
  by,
  ...(key !== undefined && { key }),
  weights: new Map(Object.entries(weights)),
});

const marksOf = ({ high, low }: NonNullable<QueueSpec["backpressure"]>): { high: number; low: number } => ({
  high,
  low: low ?? Math.floor(high / 2),
});

const milliseconds = (text: string): number => Math.round((parseDurationSeconds(text) ?? 0) * 1_000);
