import type { Condition, ConditionType } from "@polyglot/contracts";

/** Sets one condition among others. Its transition time moves only when its status does. */
export function withCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, "last_transition_at">,
  now: Date,
): readonly Condition[] {
  const before = conditions.find((condition) => condition.type === next.type);
  const since = before?.status === next.status ? before.last_transition_at : now.toISOString();
  const rest = conditions.filter((condition) => condition.type !== next.type);
  return [...rest, { ...next, last_transition_at: since }].sort((a, b) => rank(a.type) - rank(b.type));
}

const order = { Ready: 0, Reconciling: 1, Stalled: 2, Drifted: 3, Prepared: 4 } as const satisfies Record<
  ConditionType,
  number
>;
const rank = (type: ConditionType): number => order[type];
