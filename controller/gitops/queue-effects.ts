/** What another spec of a queue means for what stands in it. Pure. */
import { parseBytes } from "@polyglot/contracts";
import { compareOf, orderKeyOf } from "../registry/order-key.ts";
import { defineQueue, type QueueDefinition } from "../registry/queue-definition.ts";
import type { QueueLine } from "../store/queue-lines.ts";
import { bytesText, type HostSize } from "./host-sizes.ts";

/** An execution that others overtake, or that overtakes. Places begin at 1. */
export interface Move {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly before: number;
  readonly after: number;
}

export interface QueueEffects {
  readonly moves: readonly Move[];
  /** Sentences on what is not let in, or not let start, any more. */
  readonly refusals: readonly string[];
}

/** Undefined stands for a queue that nobody declares: any name is one, with the defaults. */
export function queueEffects(
  name: string,
  before: unknown,
  after: unknown,
  line: QueueLine | undefined,
  hosts: readonly HostSize[],
): QueueEffects {
  const define = (spec: unknown) =>
    defineQueue(name, spec === undefined ? undefined : { name, spec, ...nobodys }, undefined);
  const [old, fresh] = [define(before), define(after)];
  const refusals = [...(line === undefined ? [] : lineRefusals(old, fresh, line)), ...hostRefusals(old, fresh, hosts)];
  return { moves: line === undefined ? [] : movesOf(old, fresh, line), refusals };
}

const nobodys = { generation: 1, repository: null, file: null } as const;

function movesOf(old: QueueDefinition, fresh: QueueDefinition, line: QueueLine): Move[] {
  const [before, after] = [placesIn(old, line), placesIn(fresh, line)];
  return line.entries
    .map(({ execution_id: executionId, pipeline_id: pipelineId }) => ({
      executionId,
      pipelineId,
      before: before.get(executionId) ?? 0,
      after: after.get(executionId) ?? 0,
    }))
    .filter((move) => move.before !== move.after)
    .sort((a, b) => a.after - b.after);
}

function placesIn(definition: QueueDefinition, { entries }: QueueLine): ReadonlyMap<string, number> {
  const keyed = entries.map((entry) => ({
    id: entry.execution_id,
    sequence: entry.sequence,
    ...orderKeyOf(definition, {
      priority: entry.priority,
      importance: entry.importance,
      enqueuedAtMs: entry.enqueued_at_ms,
      deadlineAtMs: entry.deadline_at_ms,
    }),
  }));
  return new Map(keyed.sort(compareOf(definition)).map(({ id }, at) => [id, at + 1]));
}

function lineRefusals(old: QueueDefinition, fresh: QueueDefinition, { running, waiting }: QueueLine): string[] {
  const { concurrency, maxSize, overflow } = fresh.spec;
  const said: string[] = [];
  const most = concurrency?.max;
  if (most !== undefined && most !== old.spec.concurrency?.max && running >= most) {
    said.push(`${running} run, at most ${most} may: nothing starts until ${running - most + 1} of them have ended`);
  }
  if (maxSize !== undefined && maxSize !== old.spec.maxSize && waiting >= maxSize) {
    said.push(`${waiting} wait, at most ${maxSize} may: ${overflowTexts[overflow]}`);
  }
  const high = fresh.backpressure?.high;
  if (high !== undefined && high !== old.backpressure?.high && waiting >= high) {
    said.push(`${waiting} wait, and its triggers stop at ${high}`);
  }
  if (fresh.spec.paused && !old.spec.paused) said.push(`paused: ${waiting} wait, and none of them starts`);
  return said;
}

const overflowTexts = {
  reject: "new ones are refused until there is room",
  "dead-letter": "new ones become dead letters until there is room",
  "drop-oldest": "the oldest ones become dead letters as new ones come",
} as const;

/** What no host has even when nothing runs there. */
function hostRefusals(old: QueueDefinition, fresh: QueueDefinition, hosts: readonly HostSize[]): string[] {
  const { memoryFree, diskFree } = fresh.spec.admission ?? {};
  const before = old.spec.admission ?? {};
  return [
    ...lacking("memory", memoryFree, before.memoryFree, hosts, (host) => host.memoryBytes),
    ...lacking("disk", diskFree, before.diskFree, hosts, (host) => host.diskBytes),
  ];
}

function lacking(
  what: string,
  asked: string | undefined,
  before: string | undefined,
  hosts: readonly HostSize[],
  sizeOf: (host: HostSize) => number,
): string[] {
  const bytes = asked === undefined || asked === before ? undefined : parseBytes(asked);
  const largest = Math.max(0, ...hosts.map(sizeOf));
  if (bytes === undefined || hosts.length === 0 || bytes <= largest) return [];
  return [`no agent has ${asked} of ${what} (the largest has ${bytesText(largest)}): nothing starts`];
}
