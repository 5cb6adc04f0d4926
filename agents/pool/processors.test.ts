import { expect, it } from "vitest";
import { Processors, type ProcessorTimes } from "./processors.ts";

function processors() {
  let at = 0;
  let times: ProcessorTimes = { idle: 0, total: 0 };
  const looked = new Processors({ monotonic: () => at }, () => times);
  /** So much time goes by, and the processors are idle for that part of it. */
  const pass = (ms: number, idle: number) => {
    at += ms;
    times = { idle: times.idle + ms * idle, total: times.total + ms };
    return looked.areBusy;
  };
  return pass;
}

it("processors without idle time are busy, until they have some again", () => {
  const pass = processors();
  expect([pass(0, 0), pass(100, 0), pass(100, 0.05), pass(100, 0.5)]).toEqual([false, true, true, false]);
});

it("two looks in quick succession are one", () => {
  const pass = processors();
  expect([pass(0, 0), pass(100, 0), pass(10, 1), pass(10, 1)]).toEqual([false, true, true, true]);
});

it("a look that is long ago says nothing", () => {
  const pass = processors();
  expect([pass(0, 0), pass(5_000, 0), pass(100, 0)]).toEqual([false, false, true]);
});

it("the host's own times can be read", () => {
  expect(typeof new Processors({ monotonic: () => 0 }).areBusy).toBe("boolean");
});
