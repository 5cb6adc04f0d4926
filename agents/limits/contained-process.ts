/**
 * One contained process tree.
 *
 *     running ──its first process ends by itself, or kill()──> ending ──no process of the tree is left──> ended
 *
 * `ended` is the only word on the end, and it comes when the last process of the tree is gone. With a pid namespace the
 * kernel sees to that: the namespace's first process cannot be reaped before the others are. Without one, processes are
 * found by a mark in their environment, which a process that clears its environment escapes: such containment is weak.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { constants } from "node:os";
import type { Duplex, Readable } from "node:stream";
import type { Clock } from "@polyglot/service";
import { endMarked } from "./end-marked.ts";
import { childrenOf } from "./process-table.ts";
import { ProcessTree } from "./process-tree.ts";
import { killsForMemory } from "./cgroup.ts";
import { sendSignal } from "./send-signal.ts";
import type { LimitEnd } from "./worker-limits.ts";

export interface ContainedCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Two-way channels that the process finds from file descriptor 3 on. */
  readonly channels: number;
}

export interface ContainmentPlan {
  readonly unshare?: readonly string[];
  /** Whether `setpriv` is there to bind the tree's life to the agent's. */
  readonly setpriv: boolean;
  readonly userArguments: readonly string[];
  /** Folders of control groups that the tree enters before the work begins. */
  readonly cgroups?: readonly string[];
  /** Open files of each process of the tree; absent: as many as the agent. */
  readonly maxOpenFiles?: number;
}

export type ProcessEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | LimitEnd
  /** It never ran: the command could not be started. */
  | { readonly kind: "failed"; readonly message: string };

/** The variable that marks each process of a tree. One that starts others with an environment of its own passes it on. */
export const markName = "POLYGLOT_WORKER";

/**
 * Control groups are entered before anything else, and by the tree's first process, so that nothing of it is outside.
 * No core files; when memory runs out, the kernel takes a worker before the agent; a SIGTERM is for the work alone.
 */
const initScript = `
while test "$1" != --; do echo 0 >"$1/cgroup.procs" || exit 125; shift; done; shift
ulimit -c 0; test "$1" = - || ulimit -n "$1" 2>/dev/null; shift; trap : TERM; echo 500 2>/dev/null >/proc/self/oom_score_adj
"$@"; exit $?`;

export class ContainedProcess {
  readonly channels: readonly Duplex[];
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<ProcessEnd>;
  /** Its processes, as long as it has not ended. */
  readonly tree: ProcessTree;
  /** No other tree has it, and each of its processes finds it in its environment as `markName`. */
  readonly name = randomUUID();
  readonly #child: ChildProcess;
  readonly #plan: ContainmentPlan;
  readonly #clock: Clock;
  #wasKilled = false;
  #hasEnded = false;
  #excess: Omit<LimitEnd, "kind"> | undefined;

  constructor(command: ContainedCommand, plan: ContainmentPlan, clock: Clock) {
    this.#plan = plan;
    this.#clock = clock;
    const [program, ...rest] = wrap(command, plan);
    this.#child = spawn(program ?? command.command, rest, {
      cwd: command.folder,
      env: { ...command.environment, [markName]: this.name },
      stdio: ["ignore", "pipe", "pipe", ...Array.from({ length: command.channels }, () => "pipe" as const)],
      detached: true,
    });
    this.channels = this.#child.stdio.slice(3) as Duplex[];
    this.stdout = this.#child.stdout as Readable;
    this.stderr = this.#child.stderr as Readable;
    this.tree = new ProcessTree(() => (this.#hasEnded ? undefined : this.#child.pid), plan.cgroups);
    this.ended = this.#watchEnd();
  }

  /** The first process of the tree, in the agent's numbering. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks with SIGTERM, waits `graceMs`, then kills what is left. Answers when no process of the tree is left. */
  async kill(graceMs: number): Promise<ProcessEnd> {
    if (graceMs > 0 && this.#signalGroup("SIGTERM")) {
      // One that stands still would not hear it.
      this.#signalGroup("SIGCONT");
      const grace = new AbortController();
      await Promise.race([this.ended, this.#clock.sleep(graceMs, grace.signal)]);
      grace.abort();
    }
    await this.#killTree();
    return this.ended;
  }

  /** Kills it because it outgrew a limit: `ended` says so. */
  async endFor(excess: Omit<LimitEnd, "kind">): Promise<void> {
    if (this.#hasEnded || this.#wasKilled) return;
    this.#excess = excess;
    await this.kill(0);
  }

  /** The tree shares one process group; the namespace's first process and `unshare` pass over a SIGTERM. */
  #signalGroup(signal: NodeJS.Signals): boolean {
    const { pid } = this.#child;
    return pid !== undefined && !this.#hasEnded && sendSignal(-pid, signal);
  }

  async #killTree(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined || this.#hasEnded) return;
    this.#wasKilled = true;
    if (this.#plan.unshare === undefined) {
      this.#signalGroup("SIGKILL");
      return;
    }
    const firstOfNamespace = await childrenOf(pid);
    if (this.#hasEnded) return;
    // Before there is a namespace there is no work in it, and `unshare` itself can go.
    for (const target of firstOfNamespace.length > 0 ? firstOfNamespace : [pid]) sendSignal(target, "SIGKILL");
  }

  async #watchEnd(): Promise<ProcessEnd> {
    const end = await this.#firstProcessEnd();
    if (this.#plan.unshare === undefined && end.kind !== "failed")
      await endMarked(`${markName}=${this.name}`, this.#clock);
    this.#hasEnded = true;
    return this.#excess === undefined ? this.#unlessOutOfMemory(end) : { kind: "limit", ...this.#excess };
  }

  /** The kernel kills without a word, and its control group counts how often. */
  async #unlessOutOfMemory(end: ProcessEnd): Promise<ProcessEnd> {
    if (this.#wasKilled || end.kind !== "signal" || end.signal !== "SIGKILL") return end;
    const limit = await killsForMemory(this.#plan.cgroups ?? []);
    if (limit === undefined) return end;
    return { kind: "limit", error: "OOMError", message: `it used up its ${Math.round(limit / 2 ** 20)} MB of memory` };
  }

  async #firstProcessEnd(): Promise<ProcessEnd> {
    try {
      const [code, signal] = (await once(this.#child, "exit")) as [number | null, string | null];
      // `unshare` cannot die by a SIGKILL as its child did, and ends with code 1 instead.
      return this.#wasKilled && code === 1 ? { kind: "signal", signal: "SIGKILL" } : endOf(code, signal);
    } catch (error) {
      return { kind: "failed", message: (error as Error).message };
    }
  }
}

function wrap(command: ContainedCommand, plan: ContainmentPlan): string[] {
  const work = [command.command, ...command.arguments];
  const init = ["/bin/sh", "-c", initScript, "polyglot-worker", ...(plan.cgroups ?? []), "--", openFilesOf(plan)];
  // A change of user clears the parent-death signal, so it is set again behind it.
  const user = plan.setpriv ? ["setpriv", ...plan.userArguments, "--no-new-privs", "--pdeathsig", "KILL", "--"] : [];
  const dieWithAgent = plan.setpriv ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
  if (plan.unshare === undefined) return [...dieWithAgent, ...init, ...user, ...work];
  return [...dieWithAgent, "unshare", ...plan.unshare, "--", ...init, ...user, ...work];
}

const openFilesOf = ({ maxOpenFiles }: ContainmentPlan): string => String(maxOpenFiles ?? "-");

/** A shell reports a signal as 128 and its number; a program may end with such a code too, and is then misread here. */
function endOf(code: number | null, signal: string | null): ProcessEnd {
  if (signal !== null) return { kind: "signal", signal };
  const exitCode = code ?? 0;
  const byShell = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128);
  return byShell === undefined ? { kind: "exit", code: exitCode } : { kind: "signal", signal: byShell[0] };
}
