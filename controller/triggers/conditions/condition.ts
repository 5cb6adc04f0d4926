/** A condition trigger of a plan, as it is tested. Pipelines that ask the same share one. */
import {
  type ConditionOptions,
  parseConditionOptions,
  parseThreshold,
  type Plan,
  type Threshold,
  type TriggerRegistration,
} from "@polyglot/contracts";

export interface Condition {
  readonly key: string;
  readonly trigger: TriggerRegistration;
  readonly options: ConditionOptions;
  /** Absent for a check. */
  readonly threshold?: Threshold;
  /** Of the pipeline, where the answer depends on them. */
  readonly runtimes: Plan["runtimes"];
}

/** Known before any host is asked. */
export const isAssertion = ({ trigger }: Condition): boolean => trigger.name === "T.Assert";

/** What agents look at; a threshold is compared with the load that they tell anyway. */
export const isCheck = (condition: Condition): boolean => condition.threshold === undefined && !isAssertion(condition);

/** All hosts together are one site. */
export const everywhere = "";

/** Whether each host stands for itself. */
export const isPerHost = (condition: Condition): boolean =>
  condition.options.across === "each" && !isAssertion(condition);

/** The compiler has checked it; one that cannot be read by this version never holds. */
export function conditionOf(trigger: TriggerRegistration, plan: Pick<Plan, "runtimes">): Condition | undefined {
  const { name, key, arguments: given } = trigger;
  const parsed = parseConditionOptions(name, given);
  const limit = parseThreshold(name, given);
  if ("fault" in parsed || (limit !== undefined && "fault" in limit)) return undefined;
  const asksRuntimes = /^T\.Check\.(?:Python|Node|Rust)\./.test(name);
  const runtimes = asksRuntimes ? plan.runtimes : {};
  const versions = Object.entries(runtimes).map(([lang, version]) => `@${lang}=${version}`);
  return {
    key: [key, ...versions.toSorted()].join(""),
    trigger,
    options: parsed.options,
    ...(limit === undefined ? {} : { threshold: limit.threshold }),
    runtimes,
  };
}
