/** CPU time of the processes below this one, by what they are: on a shared machine it says more than the clock does. */
import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second, whatever its kernel's own rate. */
const msPerTick = 10;

export type Part = "controller" | "agent" | "workers" | "PostgreSQL" | "other";
export type CpuTime = Readonly<Partial<Record<Part, number>>>;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
  /** What those of its children used that have ended. */
  readonly endedMs: number;
  readonly command: string;
}

/** Milliseconds since the start of each. Undefined where there is no /proc. */
export function cpuTime(root: number = process.pid): CpuTime | undefined {
  const all = readProcesses();
  if (all === undefined) return undefined;
  const children = Map.groupBy(all, ({ parent }) => parent);
  const times: Partial<Record<Part, number>> = {};
  const add = (part: Part, ms: number): void => {
    times[part] = (times[part] ?? 0) + ms;
  };
  const walk = (pid: number, above: Part): void => {
    for (const { pid: child, command, cpuMs, endedMs } of children.get(pid) ?? []) {
      const part = partOf(command, above);
      add(part, cpuMs);
      add(partOf("", part), endedMs);
      walk(child, part);
    }
  };
  walk(root, "other");
  return times;
}

/** Milliseconds of CPU that each part used between two looks, for each of `count` executions. */
export function cpuPerExecution(before: CpuTime, after: CpuTime, count: number): CpuTime {
  const parts = Object.entries(after) as [Part, number][];
  return Object.fromEntries(parts.map(([part, ms]) => [part, (ms - (before[part] ?? 0)) / count]));
}

function partOf(command: string, above: Part): Part {
  if (above === "agent" || above === "workers") return "workers";
  if (above === "PostgreSQL" || /^\S*postgres\b/.test(command)) return "PostgreSQL";
  if (/controller[/\\]dist[/\\]main/.test(command)) return "controller";
  return /agents[/\\]dist[/\\]main/.test(command) ? "agent" : above;
}

function readProcesses(): Process[] | undefined {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)) ?? []);
  } catch {
    return undefined;
  }
}

/** Undefined when it has ended meanwhile. */
function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold anything, so fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    const times = { cpuMs: (user + system) * msPerTick, endedMs: (endedUser + endedSystem) * msPerTick };
    return { pid, parent: Number(fields[1]), ...times, command };
  } catch {
    return undefined;
  }
}
