/** What `[Q]` lines of a pipeline say of its place in the queue and of how many of it run. */
import { parseDurationSeconds, type QueueConfiguration } from "@polyglot/contracts";

/** As the kind Queue writes it. Values that the schema refused do not matter: such a plan is not made. */
export interface DraftedLimits {
  readonly timeout?: string;
  readonly throttle?: string;
  readonly priority?: { readonly importance?: number };
  readonly concurrency?: {
    readonly max?: number;
    readonly perPipeline?: number;
    readonly perKey?: { readonly key: string; readonly max: number };
  };
  readonly rateLimit?: { readonly limit: number; readonly period?: string };
}

type Limits = Pick<QueueConfiguration, "importance" | "timeout_seconds" | "concurrency" | "rate" | "throttle_seconds">;

export function limitsOf({ timeout, throttle, priority, concurrency, rateLimit }: DraftedLimits): Limits {
  return {
    ...(priority?.importance !== undefined && { importance: priority.importance }),
    ...secondsAs("timeout_seconds", timeout),
    ...secondsAs("throttle_seconds", throttle),
    ...(concurrency !== undefined && { concurrency: concurrencyOf(concurrency) }),
    ...(rateLimit !== undefined && { rate: { limit: rateLimit.limit, ...periodOf(rateLimit.period) } }),
  };
}

/** Of one pipeline there is one kind: both limits are its own. */
function concurrencyOf({ max, perPipeline, perKey }: NonNullable<DraftedLimits["concurrency"]>) {
  const least = [max, perPipeline].filter((limit) => limit !== undefined);
  return {
    ...(least.length > 0 && { max: Math.min(...least) }),
    ...(perKey !== undefined && { per_key: { input: perKey.key, max: perKey.max } }),
  };
}

const periodOf = (period = "1s"): { period_seconds: number } => ({
  period_seconds: parseDurationSeconds(period) ?? 1,
});

export function secondsAs<Name extends string>(name: Name, text: string | undefined): { [key in Name]?: number } {
  const seconds = text === undefined ? undefined : parseDurationSeconds(text);
  return seconds === undefined ? {} : ({ [name]: seconds } as { [key in Name]: number });
}
