import { spawnSync } from "node:child_process";

/**
 * Command lines of processes that end with the process that starts them, also when that one is killed.
 *
 * Linux has it in the kernel: `setpriv --pdeathsig`. Elsewhere a shell stands between: it holds the reading end of a
 * pipe whose writing end only the parent has, and passes the signal on when that end closes.
 */
export type ParentSignal = "INT" | "TERM";

export function tether(command: readonly string[], signal: ParentSignal): readonly string[] {
  return hasParentDeathSignal() ? ["setpriv", "--pdeathsig", signal, ...command] : tetherByPipe(command, signal);
}

/** Standard input must be a pipe that the parent keeps open and lets nobody else inherit. */
export function tetherByPipe(command: readonly string[], signal: ParentSignal): readonly string[] {
  const script = [
    "exec 3<&0",
    '"$@" </dev/null 3<&- & child=$!',
    `(cat <&3 >/dev/null; kill -${signal} $child) 2>/dev/null & watch=$!`,
    `trap 'kill -INT $child' INT`,
    `trap 'kill -TERM $child' TERM`,
    "wait $child; code=$?",
    // A trapped signal ends the first wait early; the child is still there then.
    "while kill -0 $child 2>/dev/null; do wait $child; code=$?; done",
    "kill $watch 2>/dev/null; wait $watch 2>/dev/null",
    "exit $code",
  ].join("\n");
  return ["/bin/sh", "-c", script, "tether", ...command];
}

/**
 * PostgreSQL refuses to run as root. Inside a user namespace root is nobody, and its files are still its own.
 * Wraps a tethered command, never the other way round: entering a namespace may clear the parent's signal.
 */
export function withoutRoot(command: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0) return command;
  if (!hasUserNamespaces()) {
    throw new Error(
      "PostgreSQL does not run as root, and this system has no user namespaces to hide root in; start as another user",
    );
  }
  return ["unshare", "-U", "--map-user=65534", "--map-group=65534", ...command];
}

let parentDeathSignal: boolean | undefined;
let userNamespaces: boolean | undefined;

function hasParentDeathSignal(): boolean {
  parentDeathSignal ??= works("setpriv", ["--pdeathsig", "INT", "true"]);
  return parentDeathSignal;
}

function hasUserNamespaces(): boolean {
  userNamespaces ??= works("unshare", ["-U", "--map-user=65534", "--map-group=65534", "true"]);
  return userNamespaces;
}

const works = (file: string, args: string[]): boolean => spawnSync(file, args, { stdio: "ignore" }).status === 0;
