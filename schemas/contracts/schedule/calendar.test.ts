import { expect, test } from "vitest";
import { isOpen, lastOpening, nextOpening } from "./calendar.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";
import { dueTimes, nextTime } from "./times.ts";

type Calendar = Parameters<typeof isOpen>[0][number];
const calendar = (mode: "allow" | "forbid", ...windows: Partial<Calendar["windows"][number]>[]): Calendar => ({
  ...{ mode, timezone: "Europe/Berlin" },
  windows: windows.map((window) => ({ from: "00:00", to: "24:00", ...window })),
});

const nights = calendar("allow", { from: "22:00", to: "05:00" });
const weekends = calendar("forbid", { days: ["saturday", "sunday"] });
const holidays = calendar("forbid", { first: "2026-12-24", last: "2026-12-26" });
const fridayNight = calendar("allow", { days: ["friday"], from: "22:00", to: "02:00" });
const once = calendar("allow", { first: "2026-12-24", last: "2026-12-24", days: ["thursday"] });
const never = calendar("allow", { first: "2020-01-01", last: "2020-01-02" });

const ms = (text: string) => Date.parse(text);
const text = (at: number | undefined) =>
  at === undefined ? "never" : new Date(at).toISOString().replace(":00.000Z", "Z");

test.each<[string, Calendar[], string, string, string]>([
  ["a night, by day", [nights], "2026-07-01T10:00Z", "2026-07-01T20:00Z", "2026-07-01T02:59:59.999Z"],
  ["a night, in winter", [nights], "2026-12-01T10:00Z", "2026-12-01T21:00Z", "2026-12-01T03:59:59.999Z"],
  ["its last moment", [nights], "2026-07-01T02:59Z", "2026-07-01T02:59Z", "2026-07-01T02:59Z"],
  ["a weekend", [weekends], "2026-07-04T10:00Z", "2026-07-05T22:00Z", "2026-07-03T21:59:59.999Z"],
  ["nights of workdays", [nights, weekends], "2026-07-04T10:00Z", "2026-07-05T22:00Z", "2026-07-03T21:59:59.999Z"],
  ["holidays", [holidays], "2026-12-25T10:00Z", "2026-12-26T23:00Z", "2026-12-23T22:59:59.999Z"],
  ["the night that Friday begins", [fridayNight], "2026-07-04T00:30Z", "2026-07-10T20:00Z", "2026-07-03T23:59:59.999Z"],
  ["a day months away", [once], "2026-06-01T10:00Z", "2026-12-23T23:00Z", "never"],
  ["days that are over", [never], "2026-06-01T10:00Z", "never", "never"],
])("%s: when it opens next, and was open last", (_, calendars, at, next, last) => {
  expect([text(nextOpening(calendars, ms(at))), text(lastOpening(calendars, ms(at)))]).toEqual([next, last]);
});

test("what it says of each minute is what its openings say", () => {
  for (const calendars of [[nights], [weekends], [nights, weekends], [fridayNight], [holidays, nights]]) {
    // Two days on which clocks change, and a week between others.
    for (const start of ["2026-03-28T00:00Z", "2026-10-24T00:00Z", "2026-12-22T00:00Z"]) {
      for (let at = ms(start), closedUntil = 0; at < ms(start) + 5 * 24 * 3_600_000; at += 7 * 60_000) {
        const opening = nextOpening(calendars, at);
        const open = isOpen(calendars, at);
        expect(opening === at).toBe(open);
        expect((opening ?? at) >= at).toBe(true);
        expect(open && at < closedUntil).toBe(false);
        closedUntil = opening ?? Number.POSITIVE_INFINITY;
      }
    }
  }
});

function everyMinute(calendars: readonly Calendar[], catchUp: string): Schedule {
  const parsed = parseSchedule("T.Schedule.Cron", { expression: "* * * * *", catch_up: catchUp });
  if (parsed === undefined || "fault" in parsed) throw new Error("no schedule");
  return { ...parsed.value, calendars };
}

test("a schedule has no times while its calendars are closed", () => {
  const since = ms("2026-07-01T00:00Z");
  expect(text(nextTime(everyMinute([nights], "one"), ms("2026-07-01T10:00Z"), since))).toBe("2026-07-01T20:00Z");
  expect(nextTime(everyMinute([never], "one"), ms("2026-07-01T10:00Z"), since)).toBeUndefined();
  // Two days of nights were missed: the last one stands for all, and the night's last minute is its time.
  const told = { key: "k", sinceMs: since, untilMs: ms("2026-07-01T10:00Z") };
  const due = dueTimes(everyMinute([nights], "one"), told, ms("2026-07-04T10:00Z"));
  expect(due.times.map(({ atMs }) => text(atMs))).toEqual(["2026-07-04T02:59Z"]);
  expect(text(due.nextMs)).toBe("2026-07-04T20:00Z");
});
