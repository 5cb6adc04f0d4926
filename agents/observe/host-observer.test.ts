import { tmpdir } from "node:os";
import { systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import { HostObserver } from "./host-observer.ts";

test("a sample holds this host's memory, and the disk as soon as it has answered", async () => {
  const observer = new HostObserver(systemClock, tmpdir());
  const first = observer.sample();
  expect(first.cpuPercent).toBe(0);
  expect(first.memoryTotalBytes).toBeGreaterThan(first.memoryUsedBytes);
  while (observer.sample().diskTotalBytes === 0n) await new Promise(setImmediate);
  const last = observer.sample();
  expect(last.diskFreeBytes).toBeLessThanOrEqual(last.diskTotalBytes);
  expect(last.cpuPercent).toBeGreaterThanOrEqual(0);
  expect(last.cpuPercent).toBeLessThanOrEqual(100);
});
