/** What `/proc` says of the processes of this host. Where there is no `/proc`, there is nothing to read. */
import { readdir, readFile } from "node:fs/promises";

/** Direct children, in this process's own numbering; empty for a process that is gone. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => undefined);
  if (text !== undefined) return text.split(" ").filter(Boolean).map(Number);
  const parents = await Promise.all((await allProcesses()).map(async (id) => ({ id, parent: await parentOf(id) })));
  return parents.filter(({ parent }) => parent === pid).map(({ id }) => id);
}

/** Processes that were started with this variable in their environment, however far they have moved from their parent. */
export async function processesWith(variable: string): Promise<number[]> {
  const marked = await Promise.all(
    (await allProcesses()).map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      return environment.split("\0").includes(variable) ? pid : undefined;
    }),
  );
  return marked.filter((pid) => pid !== undefined);
}

async function allProcesses(): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The name in the second field may hold blanks and brackets, so the fields are counted from the last one. */
async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const parent = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}
