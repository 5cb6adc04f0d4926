import { expect, it } from "vitest";
import { CallTimes } from "./call-times.ts";

it("a function that has not been called has no expected time", () => {
  expect(new CallTimes().expectedMs("f")).toBeUndefined();
});

it("a slow first call is forgotten within a few fast ones", () => {
  const times = new CallTimes();
  for (const durationMs of [64, 0, 0, 0, 0, 0, 0, 0]) times.add("f", durationMs);
  expect(times.expectedMs("f")).toBeLessThanOrEqual(0.5);
});

it("the oldest of more than a thousand functions is forgotten", () => {
  const times = new CallTimes();
  for (let index = 0; index <= 1_000; index += 1) times.add(`f${index}`, 1);
  expect([times.expectedMs("f0"), times.expectedMs("f1")]).toEqual([undefined, 1]);
});
