const lookMs = 500;

/**
 * Calls back when the process that started this one is gone, where the environment says who that is: platforms without a
 * signal at the parent's death need to look. A shell may stand between the two, so it need not be the direct parent.
 */
export function followParent(environment: NodeJS.ProcessEnv, onGone: () => void): void {
  const parent = Number(environment["POLYGLOT_PARENT_PID"] ?? "");
  if (!Number.isInteger(parent) || parent <= 0) return;
  const isThere = process.ppid === parent ? () => process.ppid === parent : () => exists(parent);
  const timer = setInterval(() => {
    if (isThere()) return;
    clearInterval(timer);
    onGone();
  }, lookMs);
  timer.unref();
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
