import { expect, test } from "vitest";
import { parseSchedule, type Schedule } from "./schedule.ts";
import { type Due, dueTimes, jitterOf, nextTime, timesBetween } from "./times.ts";

function read(name: string, given: Parameters<typeof parseSchedule>[1]): Schedule {
  const parsed = parseSchedule(`T.Schedule.${name}`, given);
  if (parsed === undefined || "fault" in parsed) throw new Error(JSON.stringify(parsed));
  return parsed.value;
}

const ms = (text: string) => Date.parse(text);
const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });

function nextTimes(schedule: Schedule, from: string, count: number): string[] {
  const times: string[] = [];
  let at: number | undefined = ms(from);
  for (let round = 0; round < count && at !== undefined; round++) {
    at = nextTime(schedule, at, ms("2026-01-01T00:00:00Z"));
    if (at !== undefined) times.push(new Date(at).toISOString().replace(":00.000Z", "Z"));
  }
  return times;
}

/** Days on which clocks change, and what 02:30 or the like of that day is. */
test.each([
  // The gap: the first moment after it.
  ["Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:30Z"]],
  ["America/New_York", "30 2 * * *", "2026-03-07T12:00:00Z", ["2026-03-08T07:00Z", "2026-03-09T06:30Z"]],
  ["Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00:00Z", ["2026-10-03T15:30Z", "2026-10-04T15:15Z"]],
  ["America/Santiago", "30 0 * * *", "2026-09-05T12:00:00Z", ["2026-09-06T04:00Z", "2026-09-07T03:30Z"]],
  ["Africa/Cairo", "30 0 * * *", "2026-04-23T12:00:00Z", ["2026-04-23T22:00Z", "2026-04-24T21:30Z"]],
  // The hour that comes twice: its first time alone.
  ["Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]],
  ["America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z", ["2026-11-01T05:30Z", "2026-11-02T06:30Z"]],
  ["Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00:00Z", ["2026-04-04T14:45Z", "2026-04-05T15:15Z"]],
  ["America/Santiago", "30 23 * * *", "2026-04-04T12:00:00Z", ["2026-04-05T02:30Z", "2026-04-06T03:30Z"]],
  ["Africa/Cairo", "30 23 * * *", "2026-10-29T12:00:00Z", ["2026-10-29T20:30Z", "2026-10-30T21:30Z"]],
  // An open hour goes on as time passes, through the gap and through both hours.
  [
    "Europe/Berlin",
    "*/30 * * * *",
    "2026-03-29T00:00:00Z",
    ["2026-03-29T00:30Z", "2026-03-29T01:00Z", "2026-03-29T01:30Z"],
  ],
  [
    "Europe/Berlin",
    "30 * * * *",
    "2026-10-25T00:00:00Z",
    ["2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-25T02:30Z"],
  ],
  // Two times of day that are one moment then come once.
  ["Europe/Berlin", "0 2,3 * * *", "2026-03-28T20:00:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:00Z"]],
  // Leap days, and days that only some months have.
  ["UTC", "0 12 29 2 *", "2026-01-01T00:00:00Z", ["2028-02-29T12:00Z", "2032-02-29T12:00Z"]],
  ["UTC", "0 0 31 * *", "2026-01-31T00:00:00Z", ["2026-03-31T00:00Z", "2026-05-31T00:00Z"]],
  ["Asia/Kathmandu", "0 0 * * *", "2026-01-01T00:00:00Z", ["2026-01-01T18:15Z", "2026-01-02T18:15Z"]],
])("in %s '%s' after %s is due as the day has it", (timezone, expression, from, expected) => {
  expect(nextTimes(read("Cron", { expression, timezone }), from, expected.length)).toEqual(expected);
});

test("days and weeks are kept by the wall clock, intervals by elapsed time", () => {
  const daily = read("Daily", { at: "07:30", timezone: "Europe/Berlin" });
  expect(nextTimes(daily, "2026-03-28T00:00:00Z", 2)).toEqual(["2026-03-28T06:30Z", "2026-03-29T05:30Z"]);
  const weekly = read("Weekly", { day: "Sunday", at: "07:30", timezone: "Europe/Berlin" });
  expect(nextTimes(weekly, "2026-03-22T12:00:00Z", 2)).toEqual(["2026-03-29T05:30Z", "2026-04-05T05:30Z"]);
  const interval = read("Interval", { interval: seconds(86_400) });
  expect(nextTimes(interval, "2026-03-28T10:00:00Z", 2)).toEqual(["2026-03-29T00:00Z", "2026-03-30T00:00Z"]);
  const once = read("Once", { at: { $datetime: "2026-05-01T00:00:00Z" } });
  expect(nextTimes(once, "2026-04-01T00:00:00Z", 2)).toEqual(["2026-05-01T00:00Z"]);
});

test.each([
  ["Cron", { expression: "61 * * * *" }, "expression"],
  ["Cron", { expression: "2026-05-05T00:00:00" }, "expression"],
  ["Cron", { expression: "* * * * *", timezone: "Mars/Olympus" }, "timezone"],
  ["Cron", { expression: "* * * * *", catch_up: "some" }, "catch_up"],
  ["Cron", { expression: "* * * * *", jitter: seconds(100_000) }, "jitter"],
  ["Daily", { at: "7:30" }, "at"],
  ["Daily", { at: "24:00" }, "at"],
  ["Weekly", { day: "someday", at: "07:30" }, "day"],
  ["Interval", { interval: seconds(0.5) }, "interval"],
  ["Interval", { interval: { $duration: { months: 1, seconds: 0 } } }, "interval"],
])("T.Schedule.%s %o is refused for its '%s'", (name, given, argument) => {
  expect(parseSchedule(`T.Schedule.${name}`, given)).toMatchObject({ fault: { argument } });
});

const hourly = { expression: "0 * * * *" };
const told = (until: string) => ({ key: "k", sinceMs: ms("2026-01-01T00:00:00Z"), untilMs: ms(until) });
const said = (due: Due) =>
  due.times.map(({ atMs, missed }) => `${new Date(atMs).toISOString().slice(11, 16)} ${missed}`);

test.each([
  ["one", ["12:00 3"]],
  ["all", ["10:00 1", "11:00 1", "12:00 1"]],
  ["none", []],
])("of three hours that were missed, catch_up '%s' tells %o", (word, expected) => {
  const due = dueTimes(
    read("Cron", { ...hourly, catch_up: word }),
    told("2026-06-01T09:00:00Z"),
    ms("2026-06-01T12:30:00Z"),
  );
  expect(said(due)).toEqual(expected);
  expect(due.toldUntilMs).toBe(ms("2026-06-01T12:00:00Z"));
  expect(due.nextMs).toBe(ms("2026-06-01T13:00:00Z"));
});

test("what comes within a minute of its time is told each for itself, however many", () => {
  const due = dueTimes(
    read("Cron", { expression: "*/10 * * * * *" }),
    told("2026-06-01T12:00:00Z"),
    ms("2026-06-01T12:01:30Z"),
  );
  expect(due.times.map(({ missed }) => missed)).toEqual([2, 0, 0, 0, 0, 0, 0, 0]);
});

test("a week of missed seconds costs one look at a thousand, and is behind after it", () => {
  const now = ms("2026-06-08T00:00:00Z");
  const first = dueTimes(read("Cron", { expression: "* * * * * *" }), told("2026-06-01T00:00:00Z"), now);
  expect(first.times).toEqual([{ atMs: now - 60_000, missed: 1_000 }]);
  expect(first.nextMs).toBe(now - 59_000);
});

test("jitter puts a time off by the same amount everywhere, and never beyond what is asked", () => {
  const schedule = read("Cron", { ...hourly, jitter: seconds(30) });
  const at = ms("2026-06-01T10:00:00Z");
  const late = jitterOf(schedule, "k", at);
  expect(late).toBe(jitterOf(schedule, "k", at));
  expect(late).toBeGreaterThan(0);
  expect(late).toBeLessThan(30_000);
  expect(dueTimes(schedule, told("2026-06-01T09:00:00Z"), at + late - 1)).toMatchObject({
    times: [],
    nextMs: at + late,
  });
  expect(said(dueTimes(schedule, told("2026-06-01T09:00:00Z"), at + late))).toEqual(["10:00 0"]);
});

test("the times of a span are listed with both ends", () => {
  const times = timesBetween(read("Cron", hourly), ms("2026-06-01T10:00:00Z"), ms("2026-06-01T12:00:00Z"), 0, 100);
  expect(times.map((time) => new Date(time).getUTCHours())).toEqual([10, 11, 12]);
});
