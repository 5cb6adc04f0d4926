/**
 * Control groups of workers, version 1, version 2 or both side by side: what bounds a process tree as a whole. Each
 * worker gets one below the agent's own, in every hierarchy that has one of the controllers and lets the agent in.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@polyglot/service";

const controllers = ["pids", "memory", "cpu"] as const;
export type Controller = (typeof controllers)[number];

export interface CgroupLimits {
  /** Processes and threads of one worker's tree. */
  readonly maxProcesses: number;
  /** Memory of one worker's tree; absent: the host's. */
  readonly maxMemoryBytes?: number;
  /** Cores that one worker's tree shares; absent: the host's. */
  readonly maxCores?: number;
}

/** The time over which a share of cores is counted. Microseconds. */
const cpuPeriodUs = 100_000;
/** The kernel takes no less. Microseconds. */
const leastQuotaUs = 1_000;

/** The folder for workers in one hierarchy. */
export interface CgroupFolder {
  readonly controllers: readonly Controller[];
  readonly version: 1 | 2;
  readonly path: string;
}

export type CgroupHost =
  | { readonly kind: "found"; readonly folders: readonly CgroupFolder[] }
  | { readonly kind: "missing"; readonly reason: string };

/** Folders of agents are named by process id, so that what a dead one left can be told and removed. */
const folderName = (agentPid: number): string => `polyglot-${agentPid}-${randomUUID().slice(0, 8)}`;

export async function openCgroups(agentPid: number): Promise<CgroupHost> {
  const [mounts, own] = await Promise.all([read("/proc/self/mounts"), read("/proc/self/cgroup")]);
  const parents = parentsIn(mounts, own);
  const opened: CgroupFolder[] = [];
  let reason = "this host has no control groups";
  for (const parent of parents) {
    try {
      opened.push(await openIn(parent, agentPid));
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  return opened.some((folder) => folder.controllers.includes("pids"))
    ? { kind: "found", folders: opened }
    : { kind: "missing", reason };
}

export async function closeCgroups(host: CgroupHost): Promise<void> {
  if (host.kind === "missing") return;
  for (const folder of host.folders) await removeTree(folder.path);
}

/**
 * One worker's control groups. A process enters by writing `0` into the `cgroup.procs` of each folder, which took 11 ms
 * for the first and 0.1 ms for each further one (Linux 6.18, version 1): a third of a Python worker's cold start.
 */
export async function createCgroup(host: CgroupHost, name: string, limits: CgroupLimits): Promise<string[]> {
  if (host.kind === "missing") return [];
  const created: string[] = [];
  for (const folder of host.folders) {
    const settings = settingsOf(folder, limits);
    // To enter one takes time, and most workers may use all cores.
    if (settings.length === 0) continue;
    const path = join(folder.path, name);
    await mkdir(path);
    created.push(path);
    for (const [file, value] of settings) await writeFile(join(path, file), value);
  }
  return created;
}

/** How long a dead process may take to leave its control group. Milliseconds, and how often that is looked at. */
const leaveTimeoutMs = 1_000;
const leaveIntervalMs = 10;

/** The kernel refuses while a process is in it, also one that is dead and has not been reaped. */
export async function removeCgroup(paths: readonly string[], clock: Clock): Promise<void> {
  const deadline = clock.monotonic() + leaveTimeoutMs;
  for (const path of paths) {
    while (!(await isRemoved(path)) && clock.monotonic() < deadline) await clock.sleep(leaveIntervalMs);
  }
}

async function isRemoved(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** The limit of memory for which the kernel has killed a process of the group; undefined where it has killed none. */
export async function killsForMemory(paths: readonly string[]): Promise<number | undefined> {
  for (const path of paths) {
    const counts = (await read(join(path, "memory.events"))) || (await read(join(path, "memory.oom_control")));
    const kills = Number(/^oom_kill (\d+)$/m.exec(counts)?.[1] ?? 0);
    if (kills > 0) {
      return Number((await read(join(path, "memory.max"))) || (await read(join(path, "memory.limit_in_bytes"))));
    }
  }
  return undefined;
}

/** Pure, for the tests: parents of `polyglot-*` from the texts of `/proc/self/mounts` and `/proc/self/cgroup`. */
export function parentsIn(mounts: string, own: string): CgroupFolder[] {
  const lines = own.split("\n").filter((line) => line !== "");
  const paths = new Map(lines.map((line) => line.split(":")).map(([, names = "", path = "/"]) => [names, path]));
  const below = (mount: string, names: string) => join(mount, (paths.get(names) ?? "/").replace(/\/$/, ""));
  return mounts.split("\n").flatMap((line): CgroupFolder[] => {
    const [, mount = "", type = "", options = ""] = line.split(" ");
    if (type === "cgroup2") return [{ version: 2, controllers: [...controllers], path: below(mount, "") }];
    const found = type === "cgroup" ? controllers.filter((controller) => options.split(",").includes(controller)) : [];
    if (found.length === 0) return [];
    const names = [...paths.keys()].find((key) => key.split(",").includes(found[0] ?? ""));
    return [{ version: 1, controllers: found, path: below(mount, names ?? "") }];
  });
}

async function openIn(parent: CgroupFolder, agentPid: number): Promise<CgroupFolder> {
  const available = parent.version === 1 ? parent.controllers : await delegatedControllers(parent);
  if (available.length === 0) throw new Error(`${parent.path} has no controller of processes or memory`);
  await removeLeftovers(parent.path);
  const path = join(parent.path, folderName(agentPid));
  await mkdir(path);
  if (parent.version === 2) await enable(path, available);
  return { ...parent, controllers: available, path };
}

/** Version 2 gives a folder's children the controllers that the folder passes on. */
async function delegatedControllers(parent: CgroupFolder): Promise<Controller[]> {
  const offered = (await read(join(parent.path, "cgroup.controllers"))).trim().split(" ");
  const available = parent.controllers.filter((controller) => offered.includes(controller));
  if (available.length > 0) await enable(parent.path, available);
  return available;
}

async function enable(path: string, names: readonly Controller[]): Promise<void> {
  await writeFile(join(path, "cgroup.subtree_control"), names.map((name) => `+${name}`).join(" "));
}

function settingsOf({ version, controllers: own }: CgroupFolder, limits: CgroupLimits): [string, string][] {
  const settings: [string, string][] = [];
  const { maxProcesses, maxMemoryBytes, maxCores } = limits;
  if (own.includes("pids")) settings.push(["pids.max", String(maxProcesses)]);
  if (own.includes("memory") && maxMemoryBytes !== undefined) {
    settings.push([version === 2 ? "memory.max" : "memory.limit_in_bytes", String(maxMemoryBytes)]);
  }
  if (own.includes("cpu") && maxCores !== undefined) {
    const quotaUs = Math.max(leastQuotaUs, Math.round(maxCores * cpuPeriodUs));
    settings.push(version === 2 ? ["cpu.max", `${quotaUs} ${cpuPeriodUs}`] : ["cpu.cfs_quota_us", String(quotaUs)]);
  }
  return settings;
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /^polyglot-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && (await read(`/proc/${pid}/stat`)) === "") await removeTree(join(parent, name));
  }
}

async function removeTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await rmdir(join(path, entry.name)).catch(() => undefined);
  await rmdir(path).catch(() => undefined);
}

const read = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
