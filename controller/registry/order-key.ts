/**
 * Where an execution stands in its queue, as two numbers that time does not change: lower ones first, then by arrival.
 *
 * What ages gains `by` whenever the clock passes a multiple of `every`. All that wait gain then, so that who is before whom
 * is decided by the priority and by how many such moments lay before the activation. `rekey-queues.sql` says the same.
 */
import type { QueueDefinition } from "./queue-definition.ts";

export interface OrderFacts {
  readonly priority: number;
  readonly importance: number;
  readonly enqueuedAtMs: number;
  readonly deadlineAtMs: number | null;
}

export interface OrderKey {
  readonly orderKey: number;
  readonly orderTie: number;
}

/** What decides between two that wait. */
export interface InOrder extends OrderKey {
  /** Order of arrival. */
  readonly sequence: number;
}

/** The order of a queue, as its rows have it in the store. */
export function compareOf({ spec }: QueueDefinition): (a: InOrder, b: InOrder) => number {
  if (spec.type === "lifo") return (a, b) => byKey(b, a) || b.sequence - a.sequence;
  return (a, b) => byKey(a, b) || a.sequence - b.sequence;
}

const byKey = (a: OrderKey, b: OrderKey): number => compare(a.orderKey, b.orderKey) || compare(a.orderTie, b.orderTie);

/** Keys may be infinite, so they are not subtracted. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

const byArrival: OrderKey = { orderKey: 0, orderTie: 0 };

export function orderKeyOf({ spec, ageing }: QueueDefinition, facts: OrderFacts): OrderKey {
  switch (spec.type) {
    case "fifo":
    case "lifo":
      return byArrival;
    case "deadline":
      return {
        orderKey: facts.deadlineAtMs === null ? Number.POSITIVE_INFINITY : Math.round(facts.deadlineAtMs),
        orderTie: -facts.priority,
      };
    case "priority": {
      const missed = ageing === undefined ? 0 : ageing.by * Math.floor(Math.round(facts.enqueuedAtMs) / ageing.everyMs);
      return { orderKey: missed - facts.priority, orderTie: -facts.importance };
    }
  }
}

/** What was activated before this gains nothing any more; undefined where nothing stops to gain. */
export function agedBeforeMs({ spec, ageing }: QueueDefinition, nowMs: number): number | undefined {
  if (spec.type !== "priority" || ageing?.max === undefined) return undefined;
  const gains = Math.ceil(ageing.max / ageing.by);
  return (Math.floor(nowMs / ageing.everyMs) - gains + 1) * ageing.everyMs;
}
