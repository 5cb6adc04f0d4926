/**
 * Ends a worker whose process tree or work folder outgrows its limits. What a control group bounds by itself is left to it:
 * the guard looks at the work folder, and at memory and processes where no control group counts them.
 */
import type { Clock } from "@polyglot/service";
import type { Controller } from "./cgroup.ts";
import type { ContainedProcess } from "./contained-process.ts";
import { diskBytesOf } from "./disk-usage.ts";
import type { LimitEnd, WorkerLimits } from "./worker-limits.ts";

/** Between two looks at processes and memory, and at the work folder. Milliseconds. */
const lookMs = 100;
const diskLookMs = 300;
/** After a look that took long, over a folder of many files, so many times as long is waited. */
const restFactor = 10;

export interface Guarded {
  readonly process: Pick<ContainedProcess, "tree" | "ended" | "endFor">;
  readonly folder: string;
  readonly limits: WorkerLimits;
  /** What control groups of this host bound. */
  readonly bounded: readonly Controller[];
  readonly clock: Clock;
}

/** Resolves when the process has ended. */
export async function guardWorker(guarded: Guarded): Promise<void> {
  const ended = new AbortController();
  const looks = [look(() => excessOfDisk(guarded), diskLookMs, guarded, ended.signal)];
  if (!isBounded(guarded)) looks.push(look(() => excessOfTree(guarded), lookMs, guarded, ended.signal));
  await guarded.process.ended;
  ended.abort();
  await Promise.all(looks);
}

const isBounded = ({ bounded, limits }: Guarded): boolean =>
  bounded.includes("pids") && (limits.maxMemoryBytes === undefined || bounded.includes("memory"));

type Excess = Omit<LimitEnd, "kind">;

async function look(
  find: () => Promise<Excess | undefined>,
  everyMs: number,
  { process, clock }: Guarded,
  ended: AbortSignal,
): Promise<void> {
  for (let tookMs = 0; ; ) {
    await clock.sleep(Math.max(everyMs, restFactor * tookMs), ended);
    if (ended.aborted) return;
    const before = clock.monotonic();
    const excess = await find();
    tookMs = clock.monotonic() - before;
    if (excess !== undefined) return process.endFor(excess);
  }
}

async function excessOfDisk({ folder, limits: { maxDiskBytes } }: Guarded): Promise<Excess | undefined> {
  const used = await diskBytesOf(folder, maxDiskBytes);
  if (used <= maxDiskBytes) return undefined;
  const message = `its work folder took more than ${mb(maxDiskBytes)} MB of disk, or held too many files`;
  return { error: "DiskFullError", message };
}

async function excessOfTree({ process, limits }: Guarded): Promise<Excess | undefined> {
  const { processes, memoryBytes } = await process.tree.usage();
  if (processes > limits.maxProcesses) {
    return { error: "ResourceError", message: `it had ${processes} processes, limit ${limits.maxProcesses}` };
  }
  const { maxMemoryBytes } = limits;
  if (maxMemoryBytes === undefined || memoryBytes <= maxMemoryBytes) return undefined;
  const used = await process.tree.exactMemoryBytes();
  if (used <= maxMemoryBytes) return undefined;
  return { error: "OOMError", message: `it used ${mb(used)} MB, limit ${mb(maxMemoryBytes)} MB` };
}

const mb = (bytes: number): number => Math.round(bytes / 2 ** 20);
