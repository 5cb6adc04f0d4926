import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { type Clock, silentLogger, systemClock } from "@polyglot/service";
import { afterEach, expect, test } from "vitest";
import { parseGpus } from "./gpus.ts";
import { HostObserver, type HostObserverOptions } from "./host-observer.ts";

const started: HostObserver[] = [];

afterEach(async () => {
  for (const observer of started.splice(0)) await observer.stop();
});

function observe(options: Partial<HostObserverOptions> = {}): HostObserver {
  const observer = new HostObserver({
    clock: systemClock,
    logger: silentLogger,
    dataFolder: tmpdir(),
    sampleIntervalMs: 1,
    pid: process.pid,
    ...options,
  });
  started.push(observer);
  return observer;
}

/** Each look finds that all periods are over. */
function hastyClock(): Clock {
  let now = 0;
  return { ...systemClock, monotonic: () => (now += 20_000) };
}

test("a sample holds this host's memory, and the disk as soon as it has answered", async () => {
  const observer = observe();
  const first = observer.sample();
  expect(first.cpuPercent).toBe(0);
  expect(first.memoryTotalBytes).toBeGreaterThan(first.memoryUsedBytes);
  while (observer.sample().diskTotalBytes === 0n) await new Promise(setImmediate);
  const last = observer.sample();
  expect(last.diskFreeBytes).toBeLessThanOrEqual(last.diskTotalBytes);
  expect(last.cpuPercent).toBeGreaterThanOrEqual(0);
  expect(last.cpuPercent).toBeLessThanOrEqual(100);
});

test("once started it samples by itself, and tells the processes of the host", async () => {
  const observer = observe();
  await observer.start();
  const first = observer.latest;
  while (observer.latest.processCount === 0) await new Promise(setImmediate);
  expect(observer.latest).not.toBe(first);
});

test("a worker is counted with what it started", async () => {
  const shell = spawn("sh", ["-c", "exec 3<&0; cat <&3 & cat"], { stdio: ["pipe", "ignore", "ignore"] });
  const observer = observe({ clock: hastyClock() });
  const worker = () => observer.sample().workers.find(({ pid }) => pid === shell.pid);
  while (worker()?.processes !== 3) await new Promise(setImmediate);
  expect(worker()?.name).toBe("sh");
  expect(Number(worker()?.memoryBytes)).toBeGreaterThan(0);
  expect(observer.latest.agent).toMatchObject({ pid: process.pid, processes: 1 });
  expect(Number(observer.latest.allWorkers?.processes)).toBeGreaterThanOrEqual(3);
  shell.stdin.end();
  await once(shell, "close");
});

test("GPUs are told where there are some, and a host without is asked once", async () => {
  const gpus = parseGpus("0, NVIDIA H100 80GB HBM3, 37, 1024, 81559, 41, 118.20\n");
  const withGpus = observe({ askGpus: async () => gpus });
  while (withGpus.sample().gpus.length === 0) await new Promise(setImmediate);
  expect(withGpus.latest.gpus).toMatchObject([{ name: "NVIDIA H100 80GB HBM3", busyPercent: 37 }]);

  let asked = 0;
  const askGpus = async () => {
    asked += 1;
    return "missing" as const;
  };
  const without = observe({ askGpus, clock: hastyClock() });
  while (without.sample().processCount === 0) await new Promise(setImmediate);
  for (let round = 0; round < 3; round += 1) {
    without.sample();
    await new Promise(setImmediate);
  }
  expect(asked).toBe(1);
  expect(without.latest.gpus).toEqual([]);
});
