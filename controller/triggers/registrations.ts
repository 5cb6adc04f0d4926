import type { Plan, TriggerRegistration } from "@polyglot/contracts";

/** All triggers of a plan, those under `T.Any` included. A plan never changes, so the answer is kept with it. */
export function registrationsOf(plan: Plan): readonly TriggerRegistration[] {
  const found = known.get(plan) ?? flatten(plan.triggers);
  known.set(plan, found);
  return found;
}

const known = new WeakMap<Plan, readonly TriggerRegistration[]>();

const flatten = (triggers: readonly TriggerRegistration[]): TriggerRegistration[] =>
  triggers.flatMap((trigger) => [trigger, ...flatten(trigger.any)]);
