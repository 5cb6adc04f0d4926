import { expect, test } from "vitest";
import { parseCpuTimes, parseMemory, parseNetwork } from "./proc.ts";

test("waiting for a disk counts as idle, and guests are not counted twice", () => {
  expect(parseCpuTimes("cpu  10 20 30 400 50 6 7 8 9 9\ncpu0 1 1 1 1\n")).toEqual({ idle: 450, total: 531 });
});

test("memory is given in bytes", () => {
  expect(parseMemory("MemTotal:       100 kB\nMemFree: 1 kB\nMemAvailable:     40 kB\n")).toEqual({
    total: 102_400,
    available: 40_960,
  });
  expect(parseMemory("MemTotal: 100 kB\n")).toBeUndefined();
});

test("the loopback interface is left out of the network's totals", () => {
  const table = [
    "Inter-|   Receive                                                |  Transmit",
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    "    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0",
    "  eth0: 100 2 0 0 0 0 0 0 30 3 0 0 0 0 0 0",
    "  eth1:5 2 0 0 0 0 0 0 7 3 0 0 0 0 0 0",
  ].join("\n");
  expect(parseNetwork(table)).toEqual({ received: 105, sent: 37 });
});
