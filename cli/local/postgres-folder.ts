import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { processStart } from "./process-start.ts";
import { withoutRoot } from "./tether.ts";

/** The one role and the one database that we make; who may open the socket's folder may be that role. */
export const postgresUser = "polyglot";
export const postgresDatabase = "polyglot";

/** Seconds that a server whose parent died gets to write its last pages. */
const leftoverSeconds = 30;

/** Made beside its place and renamed, so that a cluster is whole or absent. */
export function createCluster(binaries: PostgresBinaries, folder: string): void {
  if (existsSync(join(folder, "PG_VERSION"))) return;
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const options = ["-U", postgresUser, "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums"];
  execute([binaries.initdb, "-D", unfinished, ...options, "--no-instructions"], "");
  execute(
    [binaries.postgres, "--single", "-D", unfinished, "template1"],
    `create database ${postgresDatabase} owner ${postgresUser};\n`,
  );
  renameSync(unfinished, folder);
}

function execute(command: readonly string[], input: string): void {
  const [file = "", ...args] = withoutRoot(command);
  const { status, stderr, error } = spawnSync(file, args, { input, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command[0] ?? ""} ended with ${status}: ${stderr.trim()}`);
}

/**
 * Waits for the server that a killed parent left behind, and removes its mark. The caller holds the folder's lock, so
 * nobody else starts a server here; PostgreSQL itself would refuse when the number in its mark is in use by another.
 */
export async function clearLeftovers(folder: string): Promise<void> {
  const mark = join(folder, "postmaster.pid");
  const pid = readPid(mark);
  if (pid === undefined) return;
  for (let waited = 0; isServer(pid, folder); waited += 100) {
    if (waited === leftoverSeconds * 1000) process.kill(pid, "SIGQUIT");
    if (waited === 2 * leftoverSeconds * 1000) process.kill(pid, "SIGKILL");
    await sleep(100);
  }
  rmSync(mark, { force: true });
}

function readPid(mark: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(mark, "utf8"), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process is a server of this folder and not a stranger with its number. */
function isServer(pid: number, folder: string): boolean {
  if (processStart(pid) === undefined) return false;
  try {
    return process.platform !== "linux" || readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(folder);
  } catch {
    return false;
  }
}
