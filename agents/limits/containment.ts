/**
 * How far a worker process is kept apart from the rest of the host. The agent finds out once, by trying, what this host
 * allows, and reports it: a layer that is missing is named with the reason, never passed over in silence.
 *
 *     setpriv (dies with the agent) ─ unshare ─┬─ new pid namespace
 *                                              └─ sh, its first process ─ setpriv (other user) ─ the worker ─ its children
 *
 * Killing the namespace's first process ends every process in it, also one that made itself a daemon; and the kernel
 * kills that first process when `unshare` dies, which dies when the agent does.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { CgroupHost } from "./cgroup.ts";

export const layers = [
  "pid-namespace",
  "own-proc",
  "parent-death-signal",
  "other-user",
  "no-new-privileges",
  "cgroup",
] as const;
export type Layer = (typeof layers)[number];

/** What only executions that ask for it need: without these a host is no weaker. */
export const furtherLayers = ["network-namespace", "cpu-quota"] as const;
export type FurtherLayer = (typeof furtherLayers)[number];

export interface ContainmentReport {
  /** `strong`: a bounded process tree of its own that ends as a whole, under a user that owns nothing of the agent's. */
  readonly level: "strong" | "weak";
  readonly layers: readonly Layer[];
  readonly missing: readonly { readonly layer: Layer; readonly reason: string }[];
  readonly further: readonly FurtherLayer[];
}

/** What the host's tools can do, whichever user the worker runs as. */
export interface HostTools {
  /** Arguments of `unshare` that work here; undefined where no pid namespace can be made. */
  readonly unshare?: readonly string[];
  readonly setpriv: boolean;
  /** Whether `unshare` can give a process a network of its own, in which there is nothing. */
  readonly networks: boolean;
  readonly reasons: Partial<Readonly<Record<Layer, string>>>;
}

const run = promisify(execFile);
/** A tool that has not answered by then does not work. Milliseconds. */
const probeTimeoutMs = 30_000;

const namespace = ["--pid", "--fork", "--kill-child=KILL"];
/** For `unshare`, beside its other arguments. */
export const noNetwork = "--net";
const userNamespace = ["--user", "--map-current-user"];

export async function probeHostTools(userId: number | undefined): Promise<HostTools> {
  const prefix = userId === 0 ? [] : userNamespace;
  const withProc = [...prefix, ...namespace, "--mount-proc"];
  const withoutProc = [...prefix, ...namespace];
  const setpriv = await failureOf("setpriv", ["--pdeathsig", "KILL", "--no-new-privs", "true"]);
  const own = await failureOf("unshare", [...withProc, "true"]);
  const shared = own === undefined ? undefined : await failureOf("unshare", [...withoutProc, "true"]);
  const unshare = own === undefined ? withProc : shared === undefined ? withoutProc : undefined;
  const networks = unshare !== undefined && (await failureOf("unshare", [...unshare, noNetwork, "true"])) === undefined;
  return {
    ...(unshare === undefined ? {} : { unshare }),
    networks,
    setpriv: setpriv === undefined,
    reasons: {
      ...(setpriv === undefined ? {} : { "parent-death-signal": setpriv, "no-new-privileges": setpriv }),
      ...(own === undefined ? {} : { "own-proc": own }),
      ...(shared === undefined ? {} : { "pid-namespace": shared }),
    },
  };
}

/** Undefined where the command works, else what it said. */
async function failureOf(command: string, arguments_: readonly string[]): Promise<string | undefined> {
  try {
    await run(command, arguments_, { timeout: probeTimeoutMs });
    return undefined;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    return (stderr || message).trim().split("\n")[0] ?? `${command} failed`;
  }
}

export function reportContainment(
  tools: HostTools,
  user: { readonly reason?: string },
  cgroups: CgroupHost,
): ContainmentReport {
  const reasons: Partial<Record<Layer, string>> = { ...tools.reasons };
  if (user.reason !== undefined) reasons["other-user"] = user.reason;
  if (cgroups.kind === "missing") reasons.cgroup = cgroups.reason;
  const missing = layers.flatMap((layer) => {
    const reason = reasons[layer];
    return reason === undefined ? [] : [{ layer, reason }];
  });
  return {
    level: missing.length === 0 ? "strong" : "weak",
    layers: layers.filter((layer) => reasons[layer] === undefined),
    missing,
    further: furtherLayers.filter((layer) => (layer === "cpu-quota" ? boundsCores(cgroups) : tools.networks)),
  };
}

const boundsCores = (host: CgroupHost): boolean =>
  host.kind === "found" && host.folders.some(({ controllers }) => controllers.includes("cpu"));

/** Throws where the host lacks a layer that is demanded. */
export function demandLayers(demanded: readonly Layer[], { missing }: ContainmentReport): void {
  const lacking = missing.filter(({ layer }) => demanded.includes(layer));
  if (lacking.length === 0) return;
  const reasons = lacking.map(({ layer, reason }) => `${layer} (${reason})`).join(", ");
  throw new Error(`this host cannot contain user code as --require-layer demands; missing: ${reasons}`);
}
