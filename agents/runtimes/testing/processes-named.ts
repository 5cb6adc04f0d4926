import { readdir, readFile } from "node:fs/promises";

/** Processes of this host whose command line holds the text. */
export async function processesNamed(text: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return pids.filter((_, index) => lines[index]?.includes(text)).map(Number);
}
