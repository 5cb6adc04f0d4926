/**
 * Decides which of the events that wait activate their pipeline. Pure. Of each trigger
 *
 *     events ──debounce, batch──> units ──one of each need, with the same key──> activation
 *
 * An event that debouncing passes over is answered as such; the others wait, at most until `nextMs`.
 */
import type { EventOptions, TriggerRegistration } from "@polyglot/contracts";
import type { LatchedEvent } from "../store/latched-events.ts";
import { type Need, optionsOf } from "./needs.ts";

/** What a need is satisfied by: one event, or a batch. */
export interface Unit {
  readonly trigger: TriggerRegistration;
  readonly events: readonly LatchedEvent[];
  readonly isBatch: boolean;
}

export interface PassedOver {
  readonly event: LatchedEvent;
  readonly trigger: TriggerRegistration;
  readonly reason: string;
}

export interface Gathered {
  /** Each list has a unit of each event need, in the order of the needs. */
  readonly activations: readonly (readonly Unit[])[];
  readonly passedOver: readonly PassedOver[];
  /** When to look again though nothing has come; undefined: nothing will change by time alone. */
  readonly nextMs: number | undefined;
}

/** `events`: of one pipeline, the oldest first. */
export function gather(needs: readonly Need[], events: readonly LatchedEvent[], nowMs: number): Gathered {
  const eventNeeds = needs.filter((need) => need.kind === "event");
  const isCorrelated = eventNeeds.length > 1;
  const byTrigger = Map.groupBy(events, (event) => event.triggerKey);
  const ripe = eventNeeds.map((need) => {
    const found = need.triggers.map((trigger) => ripen(trigger, byTrigger.get(trigger.key) ?? [], nowMs, isCorrelated));
    return {
      units: found.flatMap((one) => one.units).toSorted((a, b) => firstAt(a) - firstAt(b)),
      passedOver: found.flatMap((one) => one.passedOver),
      dueMs: found.flatMap((one) => one.dueMs),
    };
  });
  return {
    activations: match(ripe.map(({ units }) => units)),
    passedOver: ripe.flatMap(({ passedOver }) => passedOver),
    nextMs: earliest(ripe.flatMap(({ dueMs }) => dueMs)),
  };
}

interface Ripened {
  readonly units: readonly Unit[];
  readonly passedOver: readonly PassedOver[];
  readonly dueMs: readonly number[];
}

function ripen(
  trigger: TriggerRegistration,
  events: readonly LatchedEvent[],
  nowMs: number,
  isCorrelated: boolean,
): Ripened {
  const options = optionsOf(trigger);
  const expired = isCorrelated && options.windowMs !== undefined ? options.windowMs : Number.POSITIVE_INFINITY;
  const inTime = events.filter((event) => nowMs - event.atMs < expired);
  const late = events.filter((event) => nowMs - event.atMs >= expired);
  const groups = [...Map.groupBy(inTime, (event) => event.correlation).values()];
  const ripened = groups.map((group) => {
    if (options.batch !== undefined) return fill(trigger, options, group, nowMs);
    return options.debounceMs === undefined ? single(trigger, group) : calm(trigger, options, group, nowMs);
  });
  const ends = Number.isFinite(expired) ? inTime.map((event) => event.atMs + expired) : [];
  return {
    units: ripened.flatMap((one) => one.units),
    passedOver: [
      ...late.map((event) => ({ event, trigger, reason: "nothing else came for its key within the window" })),
      ...ripened.flatMap((one) => one.passedOver),
    ],
    dueMs: [...ripened.flatMap((one) => one.dueMs), ...ends],
  };
}

function single(trigger: TriggerRegistration, events: readonly LatchedEvent[]): Ripened {
  return { units: events.map((event) => ({ trigger, events: [event], isBatch: false })), passedOver: [], dueMs: [] };
}

/** Bursts end where nothing comes for a while, or when they have gone on for too long: the last event of each counts. */
function calm(
  trigger: TriggerRegistration,
  { debounceMs = 0, maxWaitMs = Number.POSITIVE_INFINITY }: EventOptions,
  events: readonly LatchedEvent[],
  nowMs: number,
): Ripened {
  const units: Unit[] = [];
  const dueMs: number[] = [];
  const over: LatchedEvent[] = [];
  let open: LatchedEvent[] = [];
  for (const [index, event] of events.entries()) {
    const next = events[index + 1];
    const endsMs = Math.min(event.atMs + debounceMs, (open[0]?.atMs ?? event.atMs) + maxWaitMs);
    if (next !== undefined && next.atMs < endsMs) {
      open.push(event);
      continue;
    }
    if (next === undefined && endsMs > nowMs) {
      dueMs.push(endsMs);
      continue;
    }
    units.push({ trigger, events: [event], isBatch: false });
    over.push(...open);
    open = [];
  }
  // The first event of a burst that goes on says how long it may.
  over.push(...open.slice(Number.isFinite(maxWaitMs) ? 1 : 0));
  const reason = "another one came within 'debounce'";
  return { units, passedOver: over.map((event) => ({ event, trigger, reason })), dueMs };
}

/** A batch ends when it is full, when its first event has waited long enough, or where a burst ends. */
function fill(
  trigger: TriggerRegistration,
  { batch = 1, withinMs, debounceMs }: EventOptions,
  events: readonly LatchedEvent[],
  nowMs: number,
): Ripened {
  const units: Unit[] = [];
  let open: LatchedEvent[] = [];
  const close = () => {
    if (open.length > 0) units.push({ trigger, events: open, isBatch: true });
    open = [];
  };
  const endOf = () => {
    const ends = [(open[0]?.atMs ?? 0) + (withinMs ?? Number.POSITIVE_INFINITY)];
    return Math.min(...ends, (open.at(-1)?.atMs ?? 0) + (debounceMs ?? Number.POSITIVE_INFINITY));
  };
  for (const event of events) {
    if (open.length > 0 && endOf() <= event.atMs) close();
    open.push(event);
    if (open.length === batch) close();
  }
  const endMs = open.length === 0 ? Number.POSITIVE_INFINITY : endOf();
  if (endMs <= nowMs) close();
  return { units, passedOver: [], dueMs: Number.isFinite(endMs) && endMs > nowMs ? [endMs] : [] };
}

/** One unit of each need at a time, in order, among those of the same key. */
function match(needs: readonly (readonly Unit[])[]): (readonly Unit[])[] {
  const [first, ...rest] = needs;
  if (first === undefined) return [];
  if (rest.length === 0) return first.map((unit) => [unit]);
  const lines = needs.map((units) => Map.groupBy(units, (unit) => unit.events[0]?.correlation ?? ""));
  return [...(lines[0]?.keys() ?? [])].flatMap((key) => {
    const queues = lines.map((line) => line.get(key) ?? []);
    const count = Math.min(...queues.map((queue) => queue.length));
    return Array.from({ length: count }, (_, index) => queues.flatMap((queue) => queue[index] ?? []));
  });
}

const firstAt = (unit: Unit): number => unit.events[0]?.atMs ?? 0;

const earliest = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
