/**
 * All processes of one worker: what they use together, and what can be done to all of them at once. With a control group
 * the kernel says which they are; without one they are the children's children, and in a host without pid namespaces one
 * that made itself a daemon is not among them.
 */
import { readFile } from "node:fs/promises";
import { setPriority } from "node:os";
import { join } from "node:path";
import { carries, childrenOf, threadsOf, timesOf, residentBytesOf, sharedOutBytesOf } from "./process-table.ts";
import { sendSignal } from "./send-signal.ts";

export interface TreeUsage {
  /** Of all that has run in it so far, the processes that are gone included where their parents waited for them. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly processes: number;
}

/** Rounds in which processes are looked for that were started while the others were being told. */
const maxRounds = 5;

export class ProcessTree {
  readonly #root: () => number | undefined;
  readonly #cgroups: readonly string[];

  /** `root`: its first process, undefined before it has one; `cgroups`: folders of the control groups that it is in. */
  constructor(root: () => number | undefined, cgroups: readonly string[] = []) {
    this.#root = root;
    this.#cgroups = cgroups;
  }

  /** Those of its processes that were started with this variable in their environment. */
  carrying(variable: string): ProcessTree {
    return new PartOfTree(this, variable);
  }

  async processes(): Promise<number[]> {
    const inGroup = await this.#inGroup();
    if (inGroup !== undefined) return inGroup;
    const root = this.#root();
    return root === undefined ? [] : below(root);
  }

  async usage(): Promise<TreeUsage> {
    const pids = await this.processes();
    const [times, memoryBytes] = await Promise.all([Promise.all(pids.map(timesOf)), this.#memory(pids)]);
    return { cpuMs: times.reduce((sum, ms) => sum + ms, 0), memoryBytes, processes: pids.length };
  }

  /** Memory that several of its processes share counted once; dearer to find out than `usage`. */
  async exactMemoryBytes(): Promise<number> {
    const counted = await this.#groupMemory();
    if (counted !== undefined) return counted;
    return sum(await Promise.all((await this.processes()).map(sharedOutBytesOf)));
  }

  /** Nothing of it runs until `resume`. */
  pause(): Promise<void> {
    return this.#signalAll("SIGSTOP");
  }

  resume(): Promise<void> {
    return this.#signalAll("SIGCONT");
  }

  /** It runs when nothing else wants to. An agent that is not root cannot take this back. */
  async lowerPriority(): Promise<void> {
    const threads = (await Promise.all((await this.processes()).map(threadsOf))).flat();
    for (const id of threads) lower(id);
  }

  async #signalAll(signal: "SIGSTOP" | "SIGCONT"): Promise<void> {
    const told = new Set<number>();
    for (let round = 0; round < maxRounds; round += 1) {
      const fresh = (await this.processes()).filter((pid) => !told.has(pid));
      if (fresh.length === 0) return;
      for (const pid of fresh) {
        told.add(pid);
        sendSignal(pid, signal);
      }
    }
  }

  async #inGroup(): Promise<number[] | undefined> {
    const [first] = this.#cgroups;
    if (first === undefined) return undefined;
    const text = await readFile(join(first, "cgroup.procs"), "utf8").catch(() => "");
    return text.split("\n").filter(Boolean).map(Number);
  }

  async #memory(pids: readonly number[]): Promise<number> {
    return (await this.#groupMemory()) ?? sum(await Promise.all(pids.map(residentBytesOf)));
  }

  /** Without the pages of files that the kernel can drop; undefined where no control group counts memory. */
  async #groupMemory(): Promise<number | undefined> {
    const found = await Promise.all(this.#cgroups.map(memoryOfGroup));
    return found.find((bytes) => bytes !== undefined);
  }
}

/** What is counted is what its own processes have, as no control group tells them from the others. */
class PartOfTree extends ProcessTree {
  readonly #whole: ProcessTree;
  readonly #variable: string;

  constructor(whole: ProcessTree, variable: string) {
    super(() => undefined);
    this.#whole = whole;
    this.#variable = variable;
  }

  override async processes(): Promise<number[]> {
    const all = await this.#whole.processes();
    const isPart = await Promise.all(all.map((pid) => carries(pid, this.#variable)));
    return all.filter((_, index) => isPart[index] === true);
  }
}

async function memoryOfGroup(folder: string): Promise<number | undefined> {
  const used = (await number(join(folder, "memory.current"))) ?? (await number(join(folder, "memory.usage_in_bytes")));
  if (used === undefined) return undefined;
  const stat = await readFile(join(folder, "memory.stat"), "utf8").catch(() => "");
  const droppable = /^total_inactive_file (\d+)$/m.exec(stat)?.[1] ?? /^inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0;
  return Math.max(0, used - Number(droppable));
}

async function number(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

async function below(root: number): Promise<number[]> {
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const children = await childrenOf(pid);
    found.push(...children);
    open.push(...children);
  }
  return found;
}

function lower(thread: number): void {
  try {
    setPriority(thread, 19);
  } catch {
    // It has ended, or it is another user's already.
  }
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
