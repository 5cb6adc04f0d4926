/** What a `T.Schedule.` trigger says: parsed once, checked where it is written and used where it runs. */
import { Cron } from "croner";
import type { CalendarSpec } from "../kinds/index.ts";
import { type CanonicalValue, tagOf } from "../values.ts";

export const catchUps = ["one", "all", "none"] as const;
export type CatchUp = (typeof catchUps)[number];

export interface Schedule {
  readonly when: CronTimes | IntervalTimes | OnceTime;
  /** Of times that were missed: one activation for all of them, one for each, or none. */
  readonly catchUp: CatchUp;
  /** Each time is put off by a part of this that is the same on every host. */
  readonly jitterMs: number;
  /** It has times while all of these let it; absent: always. */
  readonly calendars?: readonly (Pick<CalendarSpec, "timezone" | "mode" | "windows"> & { readonly name?: string })[];
}

/** Kept to the wall clock of a time zone. */
export interface CronTimes {
  readonly kind: "cron";
  readonly expression: string;
  readonly timezone: string;
  readonly cron: Cron;
}

/** Elapsed time, counted from when the trigger was registered. */
export interface IntervalTimes {
  readonly kind: "interval";
  readonly everyMs: number;
}

export interface OnceTime {
  readonly kind: "once";
  readonly atMs: number;
}

/** An argument that is no schedule, with what it may be. */
export interface ScheduleFault {
  readonly argument: string;
  readonly allowed: string;
  readonly seen: string;
}

export const scheduleLimits = {
  /** The shortest interval. */
  intervalMs: 1_000,
  jitterMs: 24 * 3_600_000,
  expressionCharacters: 200,
} as const;

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

type Arguments = Readonly<Record<string, CanonicalValue>>;
type Parsed<Value> = { readonly value: Value } | { readonly fault: ScheduleFault };

export const isSchedule = (triggerName: string): boolean => triggerName.startsWith("T.Schedule.");

/** Undefined for another kind of trigger. `timezone`: where the trigger names none. */
export function parseSchedule(triggerName: string, given: Arguments, timezone = "UTC"): Parsed<Schedule> | undefined {
  const when = parseWhen(triggerName, given, timezone);
  if (when === undefined || "fault" in when) return when;
  const jitter = parseJitter(given["jitter"]);
  if ("fault" in jitter) return jitter;
  const catchUp = given["catch_up"] ?? "one";
  const known = catchUps.find((word) => word === catchUp);
  if (known === undefined) return fault("catch_up", '"one", "all" or "none"', catchUp);
  return { value: { when: when.value, catchUp: known, jitterMs: jitter.value } };
}

function parseWhen(triggerName: string, given: Arguments, fallback: string): Parsed<Schedule["when"]> | undefined {
  if (!isSchedule(triggerName)) return undefined;
  const timezone = given["timezone"] ?? fallback;
  if (!isTimezone(timezone)) {
    return fault("timezone", 'an IANA time zone such as "Europe/Berlin"', timezone);
  }
  switch (triggerName) {
    case "T.Schedule.Cron":
      return parseCron(given["expression"], timezone);
    case "T.Schedule.Daily":
      return parseDays(given["at"], "*", timezone);
    case "T.Schedule.Weekly":
      return parseWeekly(given, timezone);
    case "T.Schedule.Interval":
      return parseInterval(given["interval"]);
    case "T.Schedule.Once":
      return parseOnce(given["at"]);
    default:
      return undefined;
  }
}

function parseCron(value: CanonicalValue | undefined, timezone: string): Parsed<CronTimes> {
  const allowed = 'a cron expression of five fields, or six with seconds, such as "*/15 8-18 * * 1-5"';
  if (typeof value !== "string" || value.length > scheduleLimits.expressionCharacters || !isPattern(value)) {
    return fault("expression", allowed, value ?? null);
  }
  try {
    return { value: { kind: "cron", expression: value, timezone, cron: new Cron(value, { timezone, paused: true }) } };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^\w+: /, "") : "";
    return fault("expression", `${allowed} (${why})`, value);
  }
}

/** A time of its own is for `T.Schedule.Once`. */
const isPattern = (text: string): boolean => /^@[a-z]+$/.test(text.trim()) || /^\S+(?:\s+\S+){4,6}$/.test(text.trim());

const timePattern = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

function parseDays(at: CanonicalValue | undefined, day: string, timezone: string): Parsed<CronTimes> {
  const [, hour, minute, second = "0"] = (typeof at === "string" ? timePattern.exec(at) : null) ?? [];
  if (hour === undefined || minute === undefined) return fault("at", 'a time of day such as "07:30"', at ?? null);
  return parseCron(`${Number(second)} ${Number(minute)} ${Number(hour)} * * ${day}`, timezone);
}

function parseWeekly({ day, at }: Arguments, timezone: string): Parsed<CronTimes> {
  const index = days.findIndex((name) => typeof day === "string" && name === day.toLowerCase());
  if (index === -1) return fault("day", 'a day of the week such as "monday"', day ?? null);
  return parseDays(at, String(index), timezone);
}

function parseInterval(value: CanonicalValue | undefined): Parsed<IntervalTimes> {
  const everyMs = milliseconds(value);
  if (everyMs !== undefined && everyMs >= scheduleLimits.intervalMs) return { value: { kind: "interval", everyMs } };
  return fault("interval", "a duration of at least one second, without months", value ?? null);
}

function parseOnce(value: CanonicalValue | undefined): Parsed<OnceTime> {
  const text = tagged(value, "$datetime");
  const atMs = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? fault("at", "a date-time", value ?? null) : { value: { kind: "once", atMs } };
}

function parseJitter(value: CanonicalValue | undefined): Parsed<number> {
  const jitterMs = value === undefined ? 0 : milliseconds(value);
  if (jitterMs !== undefined && jitterMs <= scheduleLimits.jitterMs) return { value: jitterMs };
  return fault("jitter", "a duration of at most a day", value ?? null);
}

/** Undefined where it is no duration, or one with calendar months, which have no length. */
function milliseconds(value: CanonicalValue | undefined): number | undefined {
  const parts = tagged(value, "$duration");
  if (parts === null || typeof parts !== "object") return undefined;
  const { months, seconds } = parts as Readonly<Record<string, CanonicalValue>>;
  return months === 0 && typeof seconds === "number" && seconds >= 0 ? Math.round(seconds * 1_000) : undefined;
}

function tagged(value: CanonicalValue | undefined, tag: "$datetime" | "$duration"): CanonicalValue {
  if (value === undefined || tagOf(value) !== tag) return null;
  return (value as Readonly<Record<string, CanonicalValue>>)[tag] ?? null;
}

function isTimezone(value: CanonicalValue): value is string {
  if (typeof value !== "string") return false;
  try {
    return Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function fault(argument: string, allowed: string, seen: CanonicalValue): { readonly fault: ScheduleFault } {
  const text = typeof seen === "string" ? `"${seen}"` : JSON.stringify(seen);
  return { fault: { argument, allowed, seen: text.length > 100 ? `${text.slice(0, 99)}…` : text } };
}
