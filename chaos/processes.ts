/** Processes below another one, as Linux shows them. */
import { readFileSync } from "node:fs";

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
