/** The place of an activation in its queue: what the queue and the pipeline's own lines make of its inputs. Pure. */
import {
  type CanonicalValue,
  canonicalJson,
  type PipelineId,
  type QueueConfiguration,
  sha256,
  splitPipelineId,
} from "@polyglot/contracts";
import type { QueuePlace } from "../store/activations.ts";
import { orderKeyOf } from "./order-key.ts";
import type { QueueDefinition } from "./queue-definition.ts";

/** Longer keys are kept as their digest. */
const maxKeyCharacters = 200;

export interface QueuedFacts {
  readonly pipelineId: string;
  readonly priority: number;
  readonly inputs: Readonly<Record<string, CanonicalValue>>;
  readonly atMs: number;
}

export function placeOf(definition: QueueDefinition, lines: QueueConfiguration, facts: QueuedFacts): QueuePlace {
  const { spec, rate } = definition;
  const { priority, inputs, atMs } = facts;
  const importance = lines.importance ?? spec.priority?.importance ?? 0;
  const deadlineAtMs = deadlineOf(lines, atMs);
  return {
    importance,
    ...orderKeyOf(definition, { priority, importance, enqueuedAtMs: atMs, deadlineAtMs }),
    concurrencyKey: concurrencyKeyOf(definition, lines, facts),
    rateKey: keyOf(rate?.key, inputs),
    shareKey: shareKeyOf(definition, facts),
    deadlineAt: deadlineAtMs === null ? null : new Date(deadlineAtMs),
    waitUntil: waitUntilOf(definition, lines, atMs, deadlineAtMs),
  };
}

/** The pipeline's own key wins over the queue's, and is no other pipeline's. */
function concurrencyKeyOf({ spec }: QueueDefinition, lines: QueueConfiguration, facts: QueuedFacts): string | null {
  const own = keyOf(lines.concurrency?.per_key?.input, facts.inputs);
  if (own !== null) return `${facts.pipelineId}\n${own}`;
  return lines.concurrency?.per_key === undefined ? keyOf(spec.concurrency?.perKey?.key, facts.inputs) : null;
}

/** Null: nobody shares the queue. Those without a value of the input share as one. */
function shareKeyOf({ fairShare }: QueueDefinition, { pipelineId, inputs }: QueuedFacts): string | null {
  if (fairShare === undefined) return null;
  if (fairShare.by === "key") return keyOf(fairShare.key, inputs) ?? "";
  return fairShare.by === "pipeline" ? pipelineId : splitPipelineId(pipelineId as PipelineId).namespace;
}

function deadlineOf({ deadline }: QueueConfiguration, atMs: number): number | null {
  if (deadline === undefined) return null;
  return "at" in deadline ? Date.parse(deadline.at) : atMs + deadline.after_seconds * 1_000;
}

/** The pipeline's own time wins over the queue's. What has not begun at its deadline does not end in time either. */
function waitUntilOf(
  { spec, timeoutMs }: QueueDefinition,
  { timeout_seconds: own }: QueueConfiguration,
  atMs: number,
  deadlineAtMs: number | null,
): Date | null {
  const longestMs = own === undefined ? timeoutMs : own * 1_000;
  const isBound = deadlineAtMs !== null && spec.deadline?.unmeetable !== "run";
  const untilMs = Math.min(
    longestMs === undefined ? Number.POSITIVE_INFINITY : atMs + longestMs,
    isBound ? deadlineAtMs : Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(untilMs) ? new Date(untilMs) : null;
}

/** The value of an input as a key: those that have none share no limit. */
function keyOf(input: string | undefined, inputs: Readonly<Record<string, CanonicalValue>>): string | null {
  const value = input === undefined ? undefined : inputs[input];
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : canonicalJson(value);
  // A key travels as text of PostgreSQL, which has no U+0000.
  return text.length > maxKeyCharacters || text.includes("\0") ? sha256(text) : text;
}
