import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills every process below one, at once and without waiting: for a thread that must not depend on anything else of the
 * agent. Where workers live in pid namespaces, killing the first process of one ends all that is in it.
 */
export function killDescendants(root: number): void {
  for (const pid of descendantsOf(root, readParents())) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself, or with its namespace.
    }
  }
}

export function descendantsOf(root: number, parents: ReadonlyMap<number, number>): number[] {
  const children = Map.groupBy(parents, ([, parent]) => parent);
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const [child] of children.get(pid) ?? []) {
      found.push(child);
      open.push(child);
    }
  }
  return found;
}

export function readParents(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  return parents;
}

/** The name in the second field may hold blanks and brackets, so the fields are counted from the last one. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
