/**
 * The times of a schedule, and which of them are due. Pure: the same on every host.
 *
 * Clocks that change: a time of day that the day does not have counts as the first moment after the gap; one that the day
 * has twice counts the first time only; where the hour is left open (`* `, a step or a range) the schedule goes on through both hours as time passes.
 */
import { createHash } from "node:crypto";
import { calendarLimits, isOpen, lastOpening, nextOpening } from "./calendar.ts";
import type { Schedule } from "./schedule.ts";

export const dueLimits = {
  /** A time that comes later than this was missed: nothing ran that could have told it. */
  onTimeMs: 60_000,
  /** Times looked at in one go; the rest of what was missed comes in the next. */
  times: 1_000,
} as const;

/** The first time after `afterMs`; undefined: there is none. `sinceMs`: when the trigger was registered. */
export function nextTime(schedule: Schedule, afterMs: number, sinceMs: number): number | undefined {
  const { calendars = [] } = schedule;
  let time = nextMoment(schedule, afterMs, sinceMs);
  for (let turns = 0; time !== undefined && !isOpen(calendars, time); turns += 1) {
    const opening = turns < calendarLimits.turns ? nextOpening(calendars, time) : undefined;
    time = opening === undefined ? undefined : nextMoment(schedule, opening - 1, sinceMs);
  }
  return time;
}

/** Whatever calendars say. */
function nextMoment({ when }: Schedule, afterMs: number, sinceMs: number): number | undefined {
  switch (when.kind) {
    case "cron":
      return when.cron.nextRun(new Date(afterMs))?.getTime();
    case "interval":
      return sinceMs + (Math.floor(Math.max(0, afterMs - sinceMs) / when.everyMs) + 1) * when.everyMs;
    case "once":
      return when.atMs > afterMs ? when.atMs : undefined;
  }
}

/** The last time that is not after `atMs`, where there is one after `afterMs`. */
function lastTime(schedule: Schedule, afterMs: number, atMs: number, sinceMs: number): number | undefined {
  const { calendars = [] } = schedule;
  let time = lastMoment(schedule, afterMs, atMs, sinceMs);
  for (let turns = 0; time !== undefined && time > afterMs && !isOpen(calendars, time); turns += 1) {
    const opening = turns < calendarLimits.turns ? lastOpening(calendars, time) : undefined;
    // Times are whole seconds.
    const second = opening === undefined ? undefined : Math.floor(opening / 1_000) * 1_000;
    time = second === undefined ? undefined : lastMoment(schedule, afterMs, second, sinceMs);
  }
  return time === undefined || time <= afterMs ? undefined : time;
}

function lastMoment(schedule: Schedule, afterMs: number, atMs: number, sinceMs: number): number | undefined {
  const { when } = schedule;
  if (when.kind === "once") return nextMoment(schedule, afterMs, sinceMs);
  if (when.kind === "interval") return sinceMs + Math.floor((atMs - sinceMs) / when.everyMs) * when.everyMs;
  // It answers what is before the time that it is given.
  return when.cron.previousRuns(1, new Date(atMs + 1_000))[0]?.getTime();
}

/** How much later than its time it is told: spread over the jitter, the same wherever it is computed. */
export function jitterOf({ jitterMs }: Schedule, key: string, timeMs: number): number {
  if (jitterMs === 0) return 0;
  const hash = createHash("sha256").update(`${key}\n${timeMs}`).digest().readUInt32BE(0);
  return Math.floor((hash / 2 ** 32) * jitterMs);
}

export interface DueTime {
  readonly atMs: number;
  /** Times before it that it stands for: they were missed. */
  readonly missed: number;
}

export interface Due {
  readonly times: readonly DueTime[];
  /** Everything up to here is decided. */
  readonly toldUntilMs: number;
  /** When there is something to tell next; undefined: never again. */
  readonly nextMs: number | undefined;
}

export interface Told {
  /** Names the trigger among all. */
  readonly key: string;
  readonly sinceMs: number;
  /** Everything up to here was decided before. */
  readonly untilMs: number;
}

/** What is to be told at `nowMs`. */
export function dueTimes(schedule: Schedule, told: Told, nowMs: number): Due {
  const { key, sinceMs } = told;
  const moment = (time: number) => time + jitterOf(schedule, key, time);
  const times: number[] = [];
  let next = nextTime(schedule, told.untilMs, sinceMs);
  while (next !== undefined && moment(next) <= nowMs && times.length < dueLimits.times) {
    times.push(next);
    next = nextTime(schedule, next, sinceMs);
  }
  const isMissed = (time: number) => nowMs - moment(time) > dueLimits.onTimeMs;
  const missed = times.filter(isMissed);
  const onTime = times.filter((time) => !isMissed(time)).map((atMs) => ({ atMs, missed: 0 }));
  const skipped = missed.length === dueLimits.times && schedule.catchUp !== "all";
  const lastMissed = skipped ? lastBefore(schedule, told, nowMs) : missed.at(-1);
  const until = lastMissed !== undefined && skipped ? lastMissed : (times.at(-1) ?? told.untilMs);
  if (skipped) next = nextTime(schedule, until, sinceMs);
  return {
    times: [...caughtUp(schedule, missed, lastMissed), ...onTime],
    toldUntilMs: until,
    nextMs: next === undefined ? undefined : moment(next),
  };
}

/** The newest time that was missed, however many there are. */
function lastBefore(schedule: Schedule, told: Told, nowMs: number): number | undefined {
  const latest = nowMs - dueLimits.onTimeMs - schedule.jitterMs;
  return lastTime(schedule, told.untilMs, latest, told.sinceMs);
}

function caughtUp({ catchUp }: Schedule, missed: readonly number[], last: number | undefined): DueTime[] {
  if (catchUp === "none" || last === undefined) return [];
  if (catchUp === "one") return [{ atMs: last, missed: missed.length }];
  return missed.map((atMs) => ({ atMs, missed: 1 }));
}

/** All times of an interval of time, both ends inside, at most `limit`. */
export function timesBetween(
  schedule: Schedule,
  fromMs: number,
  toMs: number,
  sinceMs: number,
  limit: number,
): readonly number[] {
  const times: number[] = [];
  for (let next = nextTime(schedule, fromMs - 1, sinceMs); next !== undefined && next <= toMs; ) {
    times.push(next);
    if (times.length === limit) break;
    next = nextTime(schedule, next, sinceMs);
  }
  return times;
}
