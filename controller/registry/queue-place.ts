/** The place of an activation in its queue: what the queue and the pipeline's own lines make of its inputs. Pure. */
import { type CanonicalValue, canonicalJson, sha256 } from "@polyglot/contracts";
import type { QueuePlace } from "../store/activations.ts";
import { orderKeyOf } from "./order-key.ts";
import type { QueueDefinition } from "./queue-definition.ts";

/** Longer keys are kept as their digest. */
const maxKeyCharacters = 200;

export interface QueuedFacts {
  readonly priority: number;
  readonly inputs: Readonly<Record<string, CanonicalValue>>;
  readonly atMs: number;
}

export function placeOf(definition: QueueDefinition, { priority, inputs, atMs }: QueuedFacts): QueuePlace {
  const { spec, rate, timeoutMs } = definition;
  const importance = spec.priority?.importance ?? 0;
  const facts = { priority, importance, enqueuedAtMs: atMs, deadlineAtMs: null };
  return {
    importance,
    ...orderKeyOf(definition, facts),
    concurrencyKey: keyOf(spec.concurrency?.perKey?.key, inputs),
    rateKey: keyOf(rate?.key, inputs),
    deadlineAt: null,
    waitUntil: timeoutMs === undefined ? null : new Date(atMs + timeoutMs),
  };
}

/** The value of an input as a key: those that have none share no limit. */
function keyOf(input: string | undefined, inputs: Readonly<Record<string, CanonicalValue>>): string | null {
  const value = input === undefined ? undefined : inputs[input];
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : canonicalJson(value);
  // A key travels as text of PostgreSQL, which has no U+0000.
  return text.length > maxKeyCharacters || text.includes("\0") ? sha256(text) : text;
}
