import type { ForkStep } from "@polyglot/contracts";
import type { Value } from "../convert/held-value.ts";
import { BackgroundRun } from "./background-run.ts";
import { type Flow, failed, next, stopped } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { withHandlers } from "./handler.ts";
import { type ForkEnd, type OpenFork, OpenForks } from "./open-forks.ts";
import { outputsOf } from "./output.ts";
import type { Place } from "./journal.ts";
import { at, raised } from "./raised.ts";
import { stateOfFlow } from "./state-of-flow.ts";
import { runSteps } from "./steps.ts";

/** Starts a branch and goes on at once. The branch takes its values at its line: it works on copies. */
export function fork(step: ForkStep, frame: Frame): Flow {
  frame.execution.record.branching.forks += 1;
  const before = frame.forks.among(step.after);
  // What nobody waits for is not committed either.
  const journal = step.background ? undefined : frame.journal;
  const inner: Frame = {
    ...frame,
    scope: frame.scope.copy(),
    forks: new OpenForks(frame.execution.clock),
    matched: new Set(),
    journal,
  };
  if (step.background) forkBackground(step, inner, before);
  else forkJoined(step, inner, before, frame);
  return next;
}

function forkJoined(step: ForkStep, inner: Frame, before: readonly OpenFork[], { branch: outer, forks }: Frame): void {
  const branch = outer.fork();
  const place = inner.journal?.next(nodeOf(inner, step));
  const end = wasLeft(place, inner) ? Promise.resolve(leftBehind) : runSafely(step, { ...inner, branch }, before);
  forks.add({ step, branch, place, end });
}

const leftBehind: ForkEnd = { flow: stopped, results: [] };

/** In an earlier attempt a join decided without it: it does not begin again. */
function wasLeft(place: Place | undefined, { journal }: Frame): boolean {
  const ending = place === undefined ? undefined : journal?.endingOf(place);
  return ending !== undefined && "left" in ending;
}

/** It may outlive its run, so what it does is its own: its record, its end, its cleanup. */
function forkBackground(step: ForkStep, frame: Frame, before: readonly OpenFork[]): void {
  const run = new BackgroundRun(nodeOf(frame, step), frame.execution, frame.unit);
  const unit = { ...frame.unit, usage: run.usage, cleanup: () => run.cleanup };
  const inner: Frame = { ...frame, execution: run, unit, branch: run.branch };
  frame.execution.background.add(run);
  void runBackground(step, inner, run, before);
}

async function runBackground(
  step: ForkStep,
  frame: Frame,
  run: BackgroundRun,
  before: readonly OpenFork[],
): Promise<void> {
  const { flow } = await runSafely(step, frame, before);
  recordBackground(step, frame, flow);
  run.end(flow);
}

const runSafely = (step: ForkStep, frame: Frame, before: readonly OpenFork[]): Promise<ForkEnd> =>
  runBranch(step, frame, before).catch((bug: unknown) => broken(step, frame, bug));

async function runBranch(step: ForkStep, frame: Frame, before: readonly OpenFork[]): Promise<ForkEnd> {
  const waited = await follow(before, frame);
  if (waited.kind !== "next") {
    frame.execution.record.skip(nodeOf(frame, step));
    return { flow: waited, results: [] };
  }
  const open = frame.execution.record.begin(nodeOf(frame, step));
  const ran = await withHandlers(step.handlers, frame, () => runSteps(step.body, frame));
  const flow = await frame.forks.close(ran);
  const end = flow.kind === "next" ? giveBack(step, frame) : { flow, results: [] };
  frame.execution.record.end(open, stateOfFlow(end.flow), end.flow.kind === "error" ? end.flow.error : undefined);
  if (end.flow.kind === "exit" && !step.background) frame.execution.leave(end.flow.code);
  return end;
}

/** A fault of the executioner itself: it ends this branch, not the agent. */
function broken(step: ForkStep, frame: Frame, bug: unknown): ForkEnd {
  return {
    flow: failed(at(nodeOf(frame, step), raised("RuntimeError", `the executioner failed: ${String(bug)}`))),
    results: [],
  };
}

/** A branch that follows another starts when that one has succeeded, and shares its fate when it has not. */
async function follow(before: readonly OpenFork[], frame: Frame): Promise<Flow> {
  for (const earlier of before) {
    const end = await earlier.end;
    if (end.flow.kind === "error" || end.flow.kind === "waits") return end.flow;
    if (end.flow.kind !== "next") return stopped;
    for (const [name, value] of end.results) frame.scope.set(name, value);
  }
  return frame.branch.ended ? stopped : next;
}

/** An inline branch names what it gives back; a call gives its results. */
function giveBack(step: ForkStep, frame: Frame): ForkEnd {
  if (!step.inline) return { flow: next, results: boundBy(step, frame) };
  const nested = frame.execution.plan.nestedOutputs(step.body);
  const outputs = outputsOf(step.outputs, frame.scope, (name) => nested.has(name));
  if (outputs.kind === "values") return { flow: next, results: outputs.values };
  return { flow: failed(at(nodeOf(frame, step), outputs.error)), results: [] };
}

function boundBy(step: ForkStep, frame: Frame): [string, Value][] {
  const results: [string, Value][] = [];
  for (const line of step.body) {
    if (line.kind !== "call") continue;
    for (const { variable } of line.results) {
      const value = frame.scope.held(variable);
      if (value !== undefined) results.push([variable, value]);
    }
  }
  return results;
}

/** Errors of a background branch are recorded only. */
function recordBackground(step: ForkStep, frame: Frame, flow: Flow): void {
  if (flow.kind !== "error") return;
  const { type, message } = flow.error;
  frame.execution.record.note(nodeOf(frame, step), "error", `background branch '${step.label}': ${type}: ${message}`);
}
