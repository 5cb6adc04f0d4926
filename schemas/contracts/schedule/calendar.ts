/**
 * When calendars let things run. Pure: the same on every host. Windows are of the wall clock of their time zone; one that
 * ends before it begins goes on into the next day. Of several calendars all have to let it.
 */
import type { CalendarSpec } from "../kinds/index.ts";

type Calendar = Pick<CalendarSpec, "timezone" | "mode" | "windows">;
type Window = Calendar["windows"][number];

export const calendarLimits = {
  /** How far ahead an opening is looked for. */
  days: 400,
  /** Turns that several calendars may send each other on. */
  turns: 1_000,
} as const;

const dayMs = 24 * 3_600_000;
const minuteMs = 60_000;
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

export const isOpen = (calendars: readonly Calendar[], atMs: number): boolean =>
  calendars.every((calendar) => isWithin(calendar, atMs) === (calendar.mode === "allow"));

/** The first moment from `atMs` on at which all are open; undefined: none within the limits. */
export function nextOpening(calendars: readonly Calendar[], atMs: number): number | undefined {
  return turn(calendars, atMs, (calendar, from) => {
    const ends = boundaries(calendar, from, 1).filter((time) => time > from);
    return ends.find((time) => isOpen([calendar], time));
  });
}

/** The first moment after `atMs` at which one that is open closes. */
export const nextClosing = (calendar: Calendar, atMs: number): number | undefined =>
  nextOpening([{ ...calendar, mode: calendar.mode === "allow" ? "forbid" : "allow" }], atMs);

/** The last moment up to `atMs` at which all are open. */
export function lastOpening(calendars: readonly Calendar[], atMs: number): number | undefined {
  return turn(calendars, atMs, (calendar, from) => {
    const ends = boundaries(calendar, from, -1).filter((time) => time <= from);
    const end = ends.find((time) => isOpen([calendar], time - 1));
    return end === undefined ? undefined : end - 1;
  });
}

function turn(
  calendars: readonly Calendar[],
  atMs: number,
  move: (closed: Calendar, from: number) => number | undefined,
): number | undefined {
  let at = atMs;
  for (let turns = 0; turns < calendarLimits.turns; turns += 1) {
    const closed = calendars.find((calendar) => !isOpen([calendar], at));
    if (closed === undefined) return at;
    const next = move(closed, at);
    if (next === undefined || Math.abs(next - atMs) > calendarLimits.days * dayMs) return undefined;
    at = next;
  }
  return undefined;
}

function isWithin({ timezone, windows }: Calendar, atMs: number): boolean {
  const { day, minute } = localOf(atMs, timezone);
  return windows.some((window) => {
    const { from, to } = minutesOf(window);
    if (from < to) return counts(window, day) && minute >= from && minute < to;
    // What began the day before goes on until its end.
    return (counts(window, day) && minute >= from) || (counts(window, day - 1) && minute < to);
  });
}

/** `day`: since 1970, in the calendar's time zone. */
function counts({ days, first, last }: Window, day: number): boolean {
  const date = new Date(day * dayMs);
  const text = date.toISOString().slice(0, 10);
  const weekday = weekdays[date.getUTCDay()];
  if (days !== undefined && !days.some((name) => name === weekday)) return false;
  return (first === undefined || text >= first) && (last === undefined || text <= last);
}

/** Moments at which a window may begin or end, from `atMs` on in one direction. */
function boundaries({ timezone, windows }: Calendar, atMs: number, direction: 1 | -1): number[] {
  const today = localOf(atMs, timezone).day;
  const minutes = [...new Set(windows.flatMap((window) => Object.values(minutesOf(window))))].toSorted((a, b) => a - b);
  // A week has all that days of the week change; days named by date are beside it.
  const week = Array.from({ length: 10 }, (_, index) => today + direction * (index - 1));
  const dated = windows.flatMap(({ first, last }) =>
    [first, last].flatMap((text) => (text === undefined ? [] : [-1, 0, 1, 2].map((away) => dayOf(text) + away))),
  );
  const farther = dated.flatMap((day) => Array.from({ length: 8 }, (_, index) => day + direction * index));
  const days = [...new Set([...week, ...farther])];
  const moments = days.flatMap((day) => minutes.map((minute) => momentOf(day, minute, timezone)));
  return moments.toSorted((a, b) => direction * (a - b));
}

const dayOf = (date: string): number => Math.floor(Date.parse(`${date}T00:00:00Z`) / dayMs);

function minutesOf({ from, to }: Window): { readonly from: number; readonly to: number } {
  return { from: minuteOf(from), to: minuteOf(to) };
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

function localOf(atMs: number, timezone: string): { readonly day: number; readonly minute: number } {
  const local = atMs + offsetMs(atMs, timezone);
  const day = Math.floor(local / dayMs);
  return { day, minute: (local - day * dayMs) / minuteMs };
}

/** A time of day that the day does not have is the moment after the gap, about. */
function momentOf(day: number, minute: number, timezone: string): number {
  const local = day * dayMs + minute * minuteMs;
  return local - offsetMs(local - offsetMs(local, timezone), timezone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clock is ahead of UTC. */
function offsetMs(atMs: number, timezone: string): number {
  if (timezone === "UTC") return 0;
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat("en", {
      ...{ timeZone: timezone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" },
      ...{ hour: "numeric", minute: "numeric", second: "numeric" },
    });
  formats.set(timezone, format);
  const parts = new Map(format.formatToParts(new Date(atMs)).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const local = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return local - Math.floor(atMs / 1_000) * 1_000;
}
