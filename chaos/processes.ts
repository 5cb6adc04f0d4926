/** Processes below another one, as Linux shows them. */
import { readdirSync, readFileSync } from "node:fs";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** False when there is no such process any more. */
export function signal(pid: number | undefined, name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): boolean {
  try {
    return pid !== undefined && process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Those that have no children themselves: user code, where `pid` is an agent. */
export function leavesBelow(pid: number): readonly number[] {
  const children = childrenOf(pid);
  return children.flatMap((child) => (childrenOf(child).length === 0 ? [child] : leavesBelow(child)));
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Those that were started with this variable, `NAME=value`, in their environment. */
export function carrying(variable: string): readonly number[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((pid) => environmentOf(pid).includes(variable));
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}
