import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { systemClock } from "@polyglot/service";
import { afterEach, expect, test } from "vitest";
import { LeaseGuard } from "./lease-guard.ts";

const guard = new LeaseGuard(systemClock);
const children: ChildProcess[] = [];

afterEach(async () => {
  await guard.stop();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process with a child of its own, as user code may have. */
async function startTree(): Promise<ChildProcess> {
  const child = spawn("sh", ["-c", "sleep 600 & echo ready; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test("past the deadline all processes below the agent are killed, though the event loop is blocked", async () => {
  await guard.start();
  const child = await startTree();
  const exited = once(child, "exit");
  guard.extend(systemClock.monotonic() + 10);
  block(1_000);
  // Whatever happened, happened during the block: the exit was waiting to be read.
  expect(await exited).toEqual([null, "SIGKILL"]);
});

test("a lease that is extended in time, or that has lapsed, kills nothing", async () => {
  await guard.start();
  const child = await startTree();
  guard.extend(systemClock.monotonic() + 10);
  guard.extend(systemClock.monotonic() + 60_000);
  block(600);
  guard.extend(systemClock.monotonic() + 10);
  guard.lapse();
  block(600);
  expect(child.kill(0)).toBe(true);
});
