/**
 * The one condition that holds an execution up: the same questions, in the same order, as the dispatcher asks before a
 * start. Pure.
 */
import { intervalMs } from "../meters.ts";
import { keyRates, ownRates, queueRates, type RateInForce } from "../start-gates.ts";
import type { Places } from "../../store/waits.ts";
import { noAgent } from "./no-agent.ts";
import { spanText } from "./span-text.ts";
import type { Wait } from "./wait.ts";
import type { WaitFacts } from "./wait-facts.ts";

/** Who shares the thing that is waited for. */
export type Scope = "queue" | "pipeline" | "key" | "rate-key" | "itself";

/** What is found before the numbers of the line are added. */
export interface Blocking extends Pick<Wait, "condition" | "message" | "used" | "limit" | "opensAtMs"> {
  readonly scope: Scope;
  readonly details?: readonly string[];
  readonly heldBy?: readonly string[];
  /** Between two starts, where a rate says so. */
  readonly intervalMs?: number;
  /** It does not end by itself, so that there is no estimate. */
  readonly isOpenEnded?: true;
}

export function blockingOf(facts: WaitFacts): Blocking {
  return retry(facts) ?? paused(facts) ?? places(facts) ?? rates(facts) ?? noAgent(facts) ?? turn(facts);
}

function retry({ execution, nowMs }: WaitFacts): Blocking | undefined {
  const { dueAtMs, attemptNo, maxAttempts } = execution;
  if (dueAtMs <= nowMs) return undefined;
  const next = `attempt ${attemptNo + 1} of ${maxAttempts} may start in ${spanText(dueAtMs - nowMs)}`;
  return { condition: "retry", scope: "itself", message: next, opensAtMs: dueAtMs };
}

function paused({ definition: { name, isPaused, state } }: WaitFacts): Blocking | undefined {
  if (!isPaused) return undefined;
  const by = state?.paused === true ? ` by ${state.changed_by}` : "";
  return { condition: "paused", scope: "queue", message: `queue '${name}' is paused${by}`, isOpenEnded: true };
}

function places(facts: WaitFacts): Blocking | undefined {
  const { definition, execution, lines, places: taken } = facts;
  const { name, spec } = definition;
  const inQueue = full(taken.queue, spec.concurrency?.max);
  if (inQueue) return { ...inQueue, ...inPlaces("queue", `queue '${name}'`, inQueue) };
  // What holds the whole queue up comes before what holds up a part of it.
  const rate = rateBlocking(facts, "queue");
  if (rate !== undefined) return rate;
  const own = lines?.concurrency?.max ?? Infinity;
  const most = Math.min(spec.concurrency?.perPipeline ?? Infinity, own);
  const ofPipeline = full(taken.pipeline, most);
  if (ofPipeline) return { ...ofPipeline, ...inPlaces("pipeline", `pipeline '${execution.pipelineId}'`, ofPipeline) };
  const { concurrencyKey } = execution;
  if (concurrencyKey === null) return undefined;
  const ofKey = full(taken.key, lines?.concurrency?.per_key?.max ?? spec.concurrency?.perKey?.max);
  return ofKey && { ...ofKey, ...inPlaces("key", `key '${keyText(concurrencyKey)}'`, ofKey) };
}

interface Full {
  readonly used: number;
  readonly limit: number;
  readonly heldBy: readonly string[];
}

function full({ used, holders }: Places, limit = Infinity): Full | undefined {
  return used < limit ? undefined : { used, limit, heldBy: holders };
}

const inPlaces = (scope: "queue" | "pipeline" | "key", who: string, { used, limit }: Full) => ({
  scope,
  condition: `${scope}-places` as const,
  message: `${who} runs ${used} of ${limit} at once`,
});

/** A key of the pipeline's own lines has its id before it. */
const keyText = (key: string): string => key.slice(key.indexOf("\n") + 1);

const rates = (facts: WaitFacts): Blocking | undefined =>
  rateBlocking(facts, "pipeline") ?? rateBlocking(facts, "rate-key");

function rateBlocking(facts: WaitFacts, scope: "queue" | "pipeline" | "rate-key"): Blocking | undefined {
  const { meters, nowMs } = facts;
  const closed = ratesOf(facts, scope)
    .map((one) => ({ ...one, opensAtMs: meters.opensAtMs(one.meter, one.rate) }))
    .filter(({ opensAtMs }) => opensAtMs > nowMs)
    .reduce<(RateInForce & { opensAtMs: number }) | undefined>(
      (latest, one) => (latest !== undefined && latest.opensAtMs >= one.opensAtMs ? latest : one),
      undefined,
    );
  if (closed === undefined) return undefined;
  const { rate, meter, opensAtMs } = closed;
  const isThrottle = meter.endsWith("throttle") || meter.startsWith("pipeline throttle\n");
  const rule = isThrottle
    ? `starts one each ${spanText(rate.periodMs)}`
    : `starts ${rate.limit} in ${spanText(rate.periodMs)}${rate.burst === rate.limit ? "" : `, ${rate.burst} at once`}, and 0 are left`;
  return {
    condition:
      scope === "queue" ? (isThrottle ? "throttle" : "rate") : scope === "pipeline" ? "pipeline-rate" : "key-rate",
    scope,
    message: `${whoseRate(facts, scope)} ${rule}; the next in ${spanText(opensAtMs - nowMs)}`,
    ...{ used: rate.burst, limit: rate.burst, opensAtMs, intervalMs: intervalMs(rate) },
  };
}

function ratesOf({ definition, execution, lines }: WaitFacts, scope: Scope): RateInForce[] {
  if (scope === "queue") return queueRates(definition);
  if (scope === "pipeline") return ownRates(execution.pipelineId, lines);
  return execution.rateKey === null ? [] : keyRates(definition, execution.rateKey);
}

function whoseRate({ definition, execution }: WaitFacts, scope: Scope): string {
  if (scope === "queue") return `queue '${definition.name}'`;
  if (scope === "pipeline") return `pipeline '${execution.pipelineId}'`;
  return `key '${execution.rateKey}' of queue '${definition.name}'`;
}

function turn({ definition: { name }, before }: WaitFacts): Blocking {
  if (before.inAll === 0)
    return { condition: "none", scope: "queue", message: "nothing holds it up: it is about to start" };
  return { condition: "order", scope: "queue", message: `others are before it in queue '${name}'` };
}
