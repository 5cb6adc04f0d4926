import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@polyglot/service";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ContainedProcess, type ProcessEnd } from "./contained-process.ts";
import { diskBytesOf } from "./disk-usage.ts";
import { guardWorker } from "./worker-guard.ts";
import { defaultWorkerLimits, type WorkerLimits } from "./worker-limits.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "polyglot-guard-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** On a host without control groups. */
async function endOf(script: string, limits: Partial<WorkerLimits>): Promise<ProcessEnd> {
  const process = new ContainedProcess(
    { command: "/bin/sh", arguments: ["-c", script], folder, environment: {}, channels: 0 },
    { setpriv: false, userArguments: [], ...limits },
    systemClock,
  );
  for (const stream of [process.stdout, process.stderr]) stream.resume();
  const all = { ...defaultWorkerLimits, ...limits };
  await guardWorker({ process, folder, limits: all, bounded: [], clock: systemClock });
  return process.ended;
}

const mb = 2 ** 20;

it.each([
  ["more processes", "for n in 1 2 3 4 5 6 7 8; do sleep 1000 & done; wait", { maxProcesses: 4 }, "ResourceError"],
  ["more memory", "exec tail /dev/zero", { maxMemoryBytes: 32 * mb }, "OOMError"],
  ["more disk", "exec dd if=/dev/zero of=filler bs=1M", { maxDiskBytes: 8 * mb }, "DiskFullError"],
])("a worker with %s than its limit is ended for it", async (_what, script, limits, error) => {
  expect(await endOf(script, limits)).toMatchObject({ kind: "limit", error });
});

it("a worker within its limits ends by itself", async () => {
  expect(await endOf("exit 3", {})).toEqual({ kind: "exit", code: 3 });
});

it("a process may open as many files as it is allowed, and no limit above the agent's own is an error", async () => {
  expect(await endOf('test "$(ulimit -n)" = 100', { maxOpenFiles: 100 })).toEqual({ kind: "exit", code: 0 });
  expect(await endOf("exit 4", { maxOpenFiles: 1e9 })).toEqual({ kind: "exit", code: 4 });
});

it("what lies in a folder is counted until it is enough", async () => {
  await writeFile(join(folder, "a"), Buffer.alloc(3 * mb, 1));
  expect(await diskBytesOf(folder, 100 * mb)).toBeGreaterThanOrEqual(3 * mb);
  expect(await diskBytesOf(join(folder, "none"), 100 * mb)).toBe(0);
});
