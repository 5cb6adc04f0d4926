/** What every event trigger takes besides its own arguments: checked where it is written, used where it runs. */
import { type CanonicalValue, tagOf } from "../values.ts";
import type { TriggerRegistration } from "./trigger.ts";

/** In the order of their description. */
export const eventOptionNames = ["debounce", "max_wait", "batch", "within", "key", "window"] as const;
export type EventOptionName = (typeof eventOptionNames)[number];

export const eventLimits = {
  /** Events of one activation. */
  batch: 1_000,
  /** How long events may wait for each other. */
  waitMs: 30 * 24 * 3_600_000,
  keyFields: 8,
} as const;

export interface EventOptions {
  /** Only the last event of a burst counts: the one after which nothing came for so long. */
  readonly debounceMs?: number;
  /** A burst that goes on for so long counts as one, and what comes later as the next. */
  readonly maxWaitMs?: number;
  /** One activation for so many events. */
  readonly batch?: number;
  /** After so long a batch is full, whatever it has. */
  readonly withinMs?: number;
  /** Fields of the context, dotted: events with the same values belong together. */
  readonly key?: readonly string[];
  /** How long a key counts. */
  readonly windowMs?: number;
}

export interface EventOptionFault {
  readonly option: EventOptionName;
  readonly allowed: string;
}

type Arguments = TriggerRegistration["arguments"];

export const hasEventOptions = (given: Arguments): boolean => eventOptionNames.some((name) => name in given);

/** `fields`: of the trigger's context; absent where they are not to be checked. */
export function parseEventOptions(
  given: Arguments,
  fields?: readonly string[],
): { readonly options: EventOptions } | { readonly fault: EventOptionFault } {
  const time = timeFault(given);
  if (time !== undefined) return { fault: time };
  const batch = given["batch"];
  if (
    batch !== undefined &&
    !(typeof batch === "number" && Number.isInteger(batch) && batch >= 2 && batch <= eventLimits.batch)
  ) {
    return fault("batch", `an int from 2 to ${eventLimits.batch}`);
  }
  if (given["max_wait"] !== undefined && given["debounce"] === undefined) return fault("max_wait", "beside 'debounce'");
  if (given["within"] !== undefined && batch === undefined) return fault("within", "beside 'batch: n'");
  const key = keyOf(given["key"]);
  if (key === "fault" || key?.some((path) => fields?.includes(path.split(".")[0] ?? "") === false)) {
    const of = fields === undefined ? "" : `: ${fields.join(", ")}`;
    return fault("key", `a field of the context, or a list of some${of}`);
  }
  if (given["window"] !== undefined && key === undefined) return fault("window", "beside 'key: \"field\"'");
  return { options: { ...times(given), ...(typeof batch === "number" ? { batch } : {}), ...(key ? { key } : {}) } };
}

function timeFault(given: Arguments): EventOptionFault | undefined {
  for (const option of ["debounce", "max_wait", "within", "window"] as const) {
    if (given[option] !== undefined && durationMs(given[option]) === undefined) {
      return { option, allowed: "a duration of more than nothing and at most 30 days" };
    }
  }
  return undefined;
}

function times(given: Arguments): Pick<EventOptions, "debounceMs" | "maxWaitMs" | "withinMs" | "windowMs"> {
  const debounceMs = durationMs(given["debounce"]);
  const maxWaitMs = durationMs(given["max_wait"]);
  const withinMs = durationMs(given["within"]);
  const windowMs = durationMs(given["window"]);
  return {
    ...(debounceMs === undefined ? {} : { debounceMs }),
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
    ...(withinMs === undefined ? {} : { withinMs }),
    ...(windowMs === undefined ? {} : { windowMs }),
  };
}

function keyOf(value: CanonicalValue | undefined): readonly string[] | "fault" | undefined {
  if (value === undefined) return undefined;
  const paths: readonly CanonicalValue[] = Array.isArray(value) ? value : [value];
  const isPath = (path: CanonicalValue): path is string => typeof path === "string" && /^\w+(?:\.[\w-]+)*$/.test(path);
  return paths.length > 0 && paths.length <= eventLimits.keyFields && paths.every(isPath) ? paths : "fault";
}

function durationMs(value: CanonicalValue | undefined): number | undefined {
  if (value === undefined || tagOf(value) !== "$duration") return undefined;
  const { months, seconds } = (value as { $duration: Record<string, CanonicalValue> }).$duration;
  if (months !== 0 || typeof seconds !== "number" || seconds <= 0) return undefined;
  const ms = Math.round(seconds * 1_000);
  return ms <= eventLimits.waitMs ? ms : undefined;
}

function fault(option: EventOptionName, allowed: string): { readonly fault: EventOptionFault } {
  return { fault: { option, allowed } };
}
