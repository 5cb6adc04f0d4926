/**
 * Which user a worker runs as. An agent that root started gives its workers to a user that owns nothing, as far as that
 * user can reach what the work needs; else to root without its capabilities; any other agent to itself.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface WorkerUser {
  /** Arguments of `setpriv`; empty: the agent's own user as it is. */
  readonly setpriv: readonly string[];
  /** Owner that the worker's folders get; undefined: leave them the agent's. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Why it is not a user apart from the agent's; undefined where it is. */
  readonly reason?: string;
}

export interface NeededPaths {
  /** Files and folders that the worker must be able to read. */
  readonly read: readonly string[];
  /** Folders that hold what is the worker's own. */
  readonly traverse: readonly string[];
  /** Folders that the worker must be able to write into. */
  readonly write: readonly string[];
}

/** The user `nobody` of every Linux distribution. */
const nobody = { uid: 65_534, gid: 65_534 };

const run = promisify(execFile);
const probeTimeoutMs = 30_000;

export async function chooseWorkerUser(
  agentUserId: number | undefined,
  setprivWorks: boolean,
  needed: NeededPaths,
): Promise<WorkerUser> {
  if (agentUserId !== 0) return { setpriv: [], reason: "the agent is not root, so its workers run as its own user" };
  if (!setprivWorks) return { setpriv: [], reason: "setpriv does not work here" };
  const apart = asUser(nobody);
  const unreachable = await firstUnreachable(apart, needed);
  if (unreachable === undefined) return { setpriv: apart, owner: nobody };
  const reason = `user ${nobody.uid} cannot reach ${unreachable}`;
  const stillUnreachable = await firstUnreachable(withoutCapabilities, needed);
  return stillUnreachable === undefined ? rootWithoutCapabilities(reason) : { setpriv: [], reason };
}

const withoutCapabilities = ["--bounding-set=-all", "--inh-caps=-all"];

/** Root's own files, and no more: what a worker of root's agent runs as where another user cannot. */
export function rootWithoutCapabilities(reason: string): WorkerUser {
  return { setpriv: withoutCapabilities, reason };
}

const asUser = (user: { uid: number; gid: number }): string[] => [
  `--reuid=${user.uid}`,
  `--regid=${user.gid}`,
  "--clear-groups",
  ...withoutCapabilities,
];

const reachScript = `
for path in "$@"; do
  mode=\${path%%:*}; path=\${path#*:}
  if test "$mode" != x; then test -r "$path" || { echo "$path"; exit 1; }; fi
  if test -d "$path" || test "$mode" = x; then test -x "$path" || { echo "$path"; exit 1; }; fi
  if test "$mode" = w; then test -w "$path" || { echo "$path for writing"; exit 1; }; fi
done`;

async function firstUnreachable(setpriv: readonly string[], needed: NeededPaths): Promise<string | undefined> {
  const paths = [
    ...needed.read.map((path) => `r:${path}`),
    ...needed.traverse.map((path) => `x:${path}`),
    ...needed.write.map((path) => `w:${path}`),
  ];
  try {
    await run("setpriv", [...setpriv, "--", "/bin/sh", "-c", reachScript, "reach", ...paths], {
      timeout: probeTimeoutMs,
      cwd: "/",
    });
    return undefined;
  } catch (error) {
    const { stdout = "", message } = error as Error & { stdout?: string };
    return stdout.trim() || message;
  }
}
