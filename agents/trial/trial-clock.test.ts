import { systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import { TrialClock } from "./trial-clock.ts";

const start = Date.parse("2026-01-15T10:00:00Z");
const day = 86_400_000;

test("where only timers are waited for, time goes on to each in turn", async () => {
  const clock = new TrialClock(systemClock, start);
  const fired: string[] = [];
  const wait = async (name: string, ms: number) => {
    await clock.sleep(ms);
    fired.push(name);
  };
  await Promise.all([wait("later", 2 * day), wait("first", day), wait("last", 30 * day)]);
  expect(fired).toEqual(["first", "later", "last"]);
  expect(clock.now()).toBeGreaterThanOrEqual(start + 30 * day);
  expect(clock.now()).toBeLessThan(start + 31 * day);
});

test("a timer that was ended does not move the time", async () => {
  const clock = new TrialClock(systemClock, start);
  const ended = new AbortController();
  const slept = clock.sleep(365 * day, ended.signal);
  ended.abort();
  await slept;
  expect(clock.now()).toBeLessThan(start + day);
});

test("while work runs no time is skipped", async () => {
  const clock = new TrialClock(systemClock, start);
  const limit = new AbortController();
  let isOver = false;
  const limited = clock.sleep(day, limit.signal).finally(() => {
    isOver = true;
  });
  const answer = await clock.during(async () => {
    await systemClock.sleep(50);
    return isOver;
  });
  limit.abort();
  await limited;
  expect(answer).toBe(false);
});
