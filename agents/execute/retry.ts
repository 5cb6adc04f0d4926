/** `|U.Error.Retry` and `|U.Error.RetryWithBackoff` in a handler, without an operation: run the failed step again. */
import { type CanonicalValue, defaults, type RetryStrategy } from "@polyglot/contracts";
import { contentOf, memberOf } from "../stdlib/tagged.ts";
import type { GivenArgument } from "./call.ts";
import { type Flow, failed, next, recovered, stopped } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { at, raised } from "./raised.ts";

const policies: Readonly<Record<string, RetryPolicy>> = {
  "U.Error.Retry": { maxAttempts: 3, baseMs: 0, maxMs: 0, strategy: "immediate" },
  "U.Error.RetryWithBackoff": {
    maxAttempts: 3,
    baseMs: defaults.retryBaseSeconds * 1000,
    maxMs: defaults.retryMaxSeconds * 1000,
    strategy: "exponential",
  },
};

/** Tries that one handler may make: beyond that, the attempt's own retry policy is the place. */
export const maxRetries = 1_000;

export const isRetry = (name: string): boolean => Object.hasOwn(policies, name);

export interface RetryPolicy {
  /** Tries after the one that failed. */
  readonly maxAttempts: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly strategy: RetryStrategy;
}

/** Success skips the rest of the handler; used-up tries run it as the fallback. */
export async function retry(name: string, given: readonly GivenArgument[], frame: Frame, node: string): Promise<Flow> {
  const { failedStep } = frame;
  if (failedStep === undefined) {
    const message = `'${name}' without an operation stands in a handler, where it runs the failed step again`;
    return failed(at(node, raised("ValidationError", message)));
  }
  const policy = policyOf(name, given);
  if (typeof policy === "string") return failed(at(node, raised("ValidationError", policy)));
  for (let attempt = 1; attempt <= policy.maxAttempts; attempt += 1) {
    const delay = delayMs(policy, attempt);
    if (delay > 0 && frame.journal?.foresees(failedStep.error) !== true)
      await frame.execution.clock.sleep(delay, frame.branch.signal);
    if (frame.branch.ended) return stopped;
    const flow = await failedStep.again();
    if (flow.kind === "next") return recovered;
    if (flow.kind !== "error") return flow;
    await frame.journal?.handled(flow.error);
  }
  return next;
}

/** Before try `attempt`, counted from 1. */
export function delayMs({ strategy, baseMs, maxMs }: RetryPolicy, attempt: number): number {
  switch (strategy) {
    case "immediate":
      return 0;
    case "fixed":
      return Math.min(maxMs, baseMs);
    case "linear":
      return Math.min(maxMs, baseMs * attempt);
    case "exponential":
      return Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  }
}

const parameters = ["max_attempts", "base_delay", "max_delay", "strategy"] as const;

/** A sentence where an argument is of no use. */
function policyOf(name: string, given: readonly GivenArgument[]): RetryPolicy | string {
  const named = new Set(given.map((argument) => argument.name));
  const unnamed = parameters.filter((parameter) => !named.has(parameter)).values();
  let policy = policies[name] as RetryPolicy;
  for (const argument of given) {
    const part = partOfPolicy(argument.name ?? unnamed.next().value ?? "", argument.value);
    if (typeof part === "string") return part;
    policy = { ...policy, ...part };
  }
  return policy;
}

function partOfPolicy(parameter: string, value: CanonicalValue): Partial<RetryPolicy> | string {
  const shown = JSON.stringify(value).slice(0, 200);
  if (parameter === "max_attempts") {
    const fits = typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= maxRetries;
    return fits ? { maxAttempts: value } : `max_attempts is an integer from 1 to ${maxRetries}, got ${shown}`;
  }
  if (parameter === "base_delay" || parameter === "max_delay") {
    const ms = millisecondsOf(value);
    if (ms === undefined) return `${parameter} is a duration without months, or seconds; got ${shown}`;
    return parameter === "base_delay" ? { baseMs: ms, maxMs: Math.max(ms, defaultMaxMs) } : { maxMs: ms };
  }
  const strategy = parameter === "strategy" ? strategyOf(value) : undefined;
  return strategy === undefined ? `${parameter || "a further argument"} cannot be ${shown} in a retry` : { strategy };
}

const defaultMaxMs = defaults.retryMaxSeconds * 1000;

function millisecondsOf(value: CanonicalValue): number | undefined {
  if (typeof value === "number" && value >= 0) return value * 1000;
  const duration = contentOf(value, "$duration");
  if (duration === undefined) return undefined;
  const { months, seconds } = duration as { months: number; seconds: number };
  return months === 0 && seconds >= 0 ? seconds * 1000 : undefined;
}

const strategies: Readonly<Record<string, RetryStrategy>> = {
  Immediate: "immediate",
  Fixed: "fixed",
  Linear: "linear",
  Exponential: "exponential",
};

/** A member of `#RetryStrategy`, or its name. */
function strategyOf(value: CanonicalValue): RetryStrategy | undefined {
  const member = memberOf(value);
  return member !== undefined && Object.hasOwn(strategies, member) ? strategies[member] : undefined;
}
