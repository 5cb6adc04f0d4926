/** Where one worker process works: a folder of its own, empty at its start and gone after its end. */
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { WorkerUser } from "./worker-user.ts";

export async function createWorkFolder(
  parent: string,
  user: WorkerUser,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<string> {
  const folder = await mkdtemp(join(parent, "w-"));
  const made = [folder, join(folder, "tmp")];
  await mkdir(join(folder, "tmp"));
  for (const [path, bytes] of files) {
    made.push(...(await createFoldersOf(folder, path)), join(folder, path));
    // Configuration of clients may hold credentials.
    await writeFile(join(folder, path), bytes, { mode: 0o600 });
  }
  if (user.owner !== undefined) {
    const { uid, gid } = user.owner;
    await Promise.all(made.map((path) => chown(path, uid, gid)));
  }
  return folder;
}

async function createFoldersOf(folder: string, path: string): Promise<string[]> {
  const parts = dirname(path).split("/");
  const folders = parts.map((_, index) => join(folder, ...parts.slice(0, index + 1)));
  for (const inner of folders) await mkdir(inner, { recursive: true });
  return folders;
}

export async function removeWorkFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Variables that a worker gets; all else of the agent's environment stays with the agent. */
export const passedVariables = ["LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"] as const;

export function workerEnvironment(
  folder: string,
  agentEnvironment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const passed = passedVariables.flatMap((name) => {
    const value = agentEnvironment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    ...Object.fromEntries(passed),
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
  };
}
