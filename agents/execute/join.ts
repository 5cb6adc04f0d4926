import type { JoinStep } from "@polyglot/contracts";
import { evaluate } from "./evaluate.ts";
import { type Flow, failed, next, stopped } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { withHandlers } from "./handler.ts";
import type { ForkEnd, OpenFork } from "./open-forks.ts";
import { at, raised } from "./raised.ts";
import { retype } from "./retype.ts";

/** Waits for forks of its block. The forks are taken once, so that a retry sees the same ones. */
export async function join(step: JoinStep, frame: Frame): Promise<Flow> {
  const forks = frame.forks.take(step.forks);
  const open = frame.execution.record.begin(nodeOf(frame, step));
  const flow = await withHandlers(step.handlers, frame, () => joinOnce(step, forks, frame));
  const error = flow.kind === "error" ? flow.error : undefined;
  frame.execution.record.noteJoin(nodeOf(frame, step), frame.forks.spreadOf(forks));
  frame.execution.record.end(open, error === undefined ? "succeeded" : "failed", error);
  return flow;
}

async function joinOnce(step: JoinStep, forks: readonly OpenFork[], frame: Frame): Promise<Flow> {
  if (step.mode === "all") return joinAll(forks, frame);
  const wanted = wantedSuccess(step, forks.length, frame);
  if (typeof wanted !== "number") return wanted;
  const winner = await nthSuccess(frame.forks.byEnd(forks), wanted);
  if (frame.branch.ended) return stopped;
  if (winner === undefined) return tooFew(step, wanted, forks, frame);
  if (step.mode === "last") for (const fork of forks) bindResults(await fork.end, frame);
  else for (const fork of forks) fork.branch.end();
  return bindWinner(step, winner, frame);
}

/** Waits for all, binds what succeeded, then raises the first error in source order. */
async function joinAll(forks: readonly OpenFork[], frame: Frame): Promise<Flow> {
  let problem: Flow = next;
  for (const fork of forks) {
    const end = await fork.end;
    bindResults(end, frame);
    if (problem.kind === "next" && end.flow.kind !== "next") problem = end.flow;
  }
  if (frame.branch.ended) return stopped;
  return problem.kind === "error" || problem.kind === "next" ? problem : stopped;
}

function bindResults(end: ForkEnd, frame: Frame): void {
  for (const [name, value] of end.results) frame.scope.set(name, value);
}

/** Which success, counted as they come, wins; of `JoinLast` the last one, which is known when all have ended. */
function wantedSuccess(step: JoinStep, forks: number, frame: Frame): number | Flow {
  if (step.mode === "first") return 1;
  if (step.mode === "last") return Number.POSITIVE_INFINITY;
  const node = nodeOf(frame, step);
  if (step.count === undefined) return failed(at(node, raised("ValidationError", "JoinNth needs a number")));
  const found = evaluate(step.count, frame.scope);
  if (found.kind === "error") return failed(at(node, found.error));
  const count = found.value;
  if (typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= forks) return count;
  const message = `JoinNth takes an integer from 1 to ${forks}, the number of its forks; got ${JSON.stringify(count)}`;
  return failed(at(node, raised("ValidationError", message)));
}

/** Takes the forks in the order of their ends. Resolves with the `wanted`th success, or when all have ended: with the last one for `Infinity`, else with nothing. */
function nthSuccess(forks: readonly OpenFork[], wanted: number): Promise<ForkEnd | undefined> {
  return new Promise((resolve) => {
    let successes = 0;
    let ended = 0;
    let last: ForkEnd | undefined;
    const count = (end: ForkEnd) => {
      ended += 1;
      if (end.flow.kind === "next") {
        successes += 1;
        last = end;
        if (successes === wanted) resolve(end);
      }
      if (ended === forks.length) resolve(wanted === Number.POSITIVE_INFINITY ? last : undefined);
    };
    if (forks.length === 0) resolve(undefined);
    for (const fork of forks) void fork.end.then(count);
  });
}

/** The first error in source order; all have ended by now. */
async function tooFew(step: JoinStep, wanted: number, forks: readonly OpenFork[], frame: Frame): Promise<Flow> {
  for (const fork of forks) {
    const end = await fork.end;
    if (end.flow.kind === "error") return end.flow;
  }
  const message = `fewer than ${Number.isFinite(wanted) ? wanted : 1} of ${forks.length} branches succeeded`;
  return failed(at(nodeOf(frame, step), raised("RuntimeError", message)));
}

function bindWinner(step: JoinStep, winner: ForkEnd, frame: Frame): Flow {
  if (step.result === undefined) return next;
  const { variable, from, type } = step.result;
  const value = retype(winner.results[0]?.[1] ?? null, from, type, { name: variable, namespace: frame.unit.namespace });
  if (value.kind === "error") return failed(at(nodeOf(frame, step), value.error));
  frame.scope.set(variable, value.value);
  return next;
}
