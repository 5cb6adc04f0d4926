/** What `/proc` says of the processes of this host. Where there is no `/proc`, there is nothing to read. */
import { readdir, readFile } from "node:fs/promises";

/** Direct children, in this process's own numbering; empty for a process that is gone. */
export async function childrenOf(pid: number): Promise<number[]> {
  const lists = await Promise.all((await threadsOf(pid)).map((thread) => childrenOfThread(pid, thread)));
  if (!lists.includes(undefined)) return lists.flatMap((list) => list ?? []);
  const parents = await Promise.all((await allProcesses()).map(async (id) => ({ id, parent: await parentOf(id) })));
  return parents.filter(({ parent }) => parent === pid).map(({ id }) => id);
}

/** Undefined where the kernel keeps no such lists. */
async function childrenOfThread(pid: number, thread: number): Promise<number[] | undefined> {
  const text = await readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch((error: unknown) =>
    (error as NodeJS.ErrnoException).code === "ESRCH" ? "" : undefined,
  );
  return text?.split(" ").filter(Boolean).map(Number);
}

/** Ids of its threads, the process's own among them; empty for a process that is gone. */
export async function threadsOf(pid: number): Promise<number[]> {
  return (await readdir(`/proc/${pid}/task`).catch(() => [])).map(Number);
}

/** The kernel counts in hundredths of a second, whatever its own tick is. */
const msPerTick = 10;

/** CPU time of a process and of those of its children that it has waited for. Milliseconds; 0 for one that is gone. */
export async function timesOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const ticks = fieldsOf(stat).slice(11, 15).map(Number);
  return msPerTick * ticks.reduce((sum, value) => sum + value, 0);
}

/** What of a process is in memory; what several share counts for each. 0 for one that is gone. */
export async function residentBytesOf(pid: number): Promise<number> {
  return kilobytes(await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""), "VmRSS");
}

/** The same with what several processes share divided among them; where that cannot be read, as if nothing was shared. */
export async function sharedOutBytesOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return text === "" ? residentBytesOf(pid) : kilobytes(text, "Pss");
}

const kilobytes = (text: string, name: string): number =>
  1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);

/** Processes that were started with this variable in their environment, however far they have moved from their parent. */
export async function processesWith(variable: string): Promise<number[]> {
  const all = await allProcesses();
  const isMarked = await Promise.all(all.map((pid) => carries(pid, variable)));
  return all.filter((_, index) => isMarked[index] === true);
}

/** Whether it was started with this variable, `NAME=value`, in its environment. */
export async function carries(pid: number, variable: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
  return environment.split("\0").includes(variable);
}

async function allProcesses(): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function parentOf(pid: number): Promise<number | undefined> {
  const parent = fieldsOf(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""))[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Of `/proc/PID/stat`, from the state on. The name before it may hold blanks and brackets, so they are counted from its end. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");
