/** Processes of this host, from `/proc`. Where there is no `/proc` there are none to see. */
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** User and system time since its start, in ticks. */
  readonly cpuTicks: number;
  /** When it started, in ticks since the host did: a pid that is used again has another one. */
  readonly startedTicks: number;
  readonly memoryBytes: number;
}

/** Ticks of a second: `USER_HZ`, which is 100 on every Linux that Node.js runs on. */
export const ticksPerSecond = 100;

/** Files that are read before others get their turn: about a millisecond's worth. */
const filesAtOnce = 50;

/** Of a kernel with pages of 4 KiB; others have larger ones, and get figures that are too small. */
const pageBytes = 4_096;

/** The line of `/proc/PID/stat`. The name in its second field may hold blanks and brackets, so fields count from its end. */
export function parseStat(text: string): ProcessStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid: Number(text.slice(0, open)),
    parent: field(4),
    name: text.slice(open + 1, close),
    cpuTicks: field(14) + field(15),
    startedTicks: field(22),
    memoryBytes: field(24) * pageBytes,
  };
}

export function readProcess(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** Direct children, whichever of its threads started them. */
export function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
  );
}

/** A process and all below it, at most `most` of them. */
export function readTree(pid: number, most: number): ProcessStat[] {
  const found: ProcessStat[] = [];
  const open = [pid];
  for (let next = open.shift(); next !== undefined && found.length < most; next = open.shift()) {
    const process = readProcess(next);
    if (process === undefined) continue;
    found.push(process);
    open.push(...childrenOf(next));
  }
  return found;
}

/** All of the host, in slices, so that nothing else waits for long. */
export async function readAllProcesses(): Promise<ProcessStat[]> {
  const pids = list("/proc").filter((name) => /^\d+$/.test(name));
  const found: ProcessStat[] = [];
  for (let at = 0; at < pids.length; at += filesAtOnce) {
    for (const pid of pids.slice(at, at + filesAtOnce)) {
      const process = readProcess(Number(pid));
      if (process !== undefined) found.push(process);
    }
    await new Promise(setImmediate);
  }
  return found;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
