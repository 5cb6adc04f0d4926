/**
 * A called pipeline with a limit of time: `[Q] |Q.Kill.Timeout.Execution` of its own, which holds for its call.
 *
 *     running ──its end──> ended                       what it came to is the call's
 *        │ timeout
 *        └──> stopping ──> cleaned up ──> ended        `pg\!TimeoutError` at the call, after cleanup within the grace period
 *
 * A branch `[b]` of it is no part of the call and goes on.
 */
import { defaults, type PlanBody } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { Branch } from "./branch.ts";
import { failed } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { at, raised } from "./raised.ts";
import type { UnitEnd } from "./unit.ts";

/** The lines of control that a called pipeline runs under. */
interface Lines {
  readonly run: Branch;
  readonly cleanup: () => Branch;
}

type Run = (lines: Lines) => Promise<UnitEnd>;

export function runCallee({ kill }: PlanBody, frame: Frame, node: string, run: Run): Promise<UnitEnd> {
  const seconds = kill?.timeout_seconds;
  if (seconds === undefined) return run({ run: frame.branch, cleanup: () => frame.unit.cleanup() });
  return runWithin(seconds, kill?.grace_seconds ?? defaults.graceSeconds, frame, node, run);
}

async function runWithin(
  seconds: number,
  graceSeconds: number,
  frame: Frame,
  node: string,
  run: Run,
): Promise<UnitEnd> {
  const { branch, execution, unit } = frame;
  const outerCleanup = unit.cleanup();
  const [inner, innerCleanup] = [branch.fork(), outerCleanup.fork()];
  const ended = new AbortController();
  const isOver = limit(inner, innerCleanup, { seconds, graceSeconds }, execution.clock, ended.signal);
  const end = await run({ run: inner, cleanup: () => innerCleanup }).finally(() => ended.abort());
  branch.release(inner);
  outerCleanup.release(innerCleanup);
  if (!(await isOver) || end.flow.kind !== "stopped" || branch.ended) return end;
  const message = `the called pipeline ran longer than its limit of ${seconds} s`;
  return { flow: failed(at(node, raised("TimeoutError", message))), outputs: {} };
}

/** Whether the time ran out before the end. */
async function limit(
  run: Branch,
  cleanup: Branch,
  { seconds, graceSeconds }: { readonly seconds: number; readonly graceSeconds: number },
  clock: Clock,
  ended: AbortSignal,
): Promise<boolean> {
  await clock.sleep(seconds * 1000, ended);
  if (ended.aborted) return false;
  run.abort();
  await clock.sleep(graceSeconds * 1000, ended);
  if (!ended.aborted) cleanup.abort();
  return true;
}
