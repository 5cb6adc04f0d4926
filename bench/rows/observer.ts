/** What watching the host costs: an agent's observer at one sample a second, with workers beside it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { HostObserver } from "@polyglot/agents/observe/host-observer";
import { silentLogger, systemClock } from "@polyglot/service";

/** Long enough to have looked at all processes several times. */
const seconds = 30;
const workers = 16;

/** Percent of a core. */
export async function observerLoad(): Promise<number> {
  const children = Array.from({ length: workers }, () => spawn("cat", { stdio: ["pipe", "ignore", "ignore"] }));
  const observer = new HostObserver({
    clock: systemClock,
    logger: silentLogger,
    dataFolder: tmpdir(),
    sampleIntervalMs: 1_000,
    pid: process.pid,
  });
  await observer.start();
  const before = process.cpuUsage();
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  await observer.stop();
  await Promise.all(children.map(end));
  return (user + system) / (seconds * 10_000);
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null) await once(child, "close");
}
