import type { JoinStep } from "@polyglot/contracts";
import { plainValue } from "../convert/held-value.ts";
import { evaluate } from "./evaluate.ts";
import { allWaits, type Flow, failed, next, stopped } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { withHandlers } from "./handler.ts";
import type { Journal, Place } from "./journal.ts";
import type { ForkEnd, OpenFork } from "./open-forks.ts";
import { at, raised } from "./raised.ts";
import { retype } from "./retype.ts";
import { stateOfFlow } from "./state-of-flow.ts";

/** Waits for forks of its block. The forks are taken once, so that a retry sees the same ones. */
export async function join(step: JoinStep, frame: Frame): Promise<Flow> {
  const forks = frame.forks.take(step.forks);
  const open = frame.execution.record.begin(nodeOf(frame, step));
  const flow = await withHandlers(step.handlers, frame, () => joinOnce(step, forks, frame));
  const error = flow.kind === "error" ? flow.error : undefined;
  frame.execution.record.noteJoin(nodeOf(frame, step), frame.forks.spreadOf(forks));
  frame.execution.record.end(open, stateOfFlow(flow), error);
  return flow;
}

async function joinOnce(step: JoinStep, forks: readonly OpenFork[], frame: Frame): Promise<Flow> {
  if (step.mode === "all") return joinAll(forks, frame);
  const wanted = wantedSuccess(step, forks.length, frame);
  if (typeof wanted !== "number") return wanted;
  const place = frame.journal?.next(nodeOf(frame, step));
  const winner = (await chosenBefore(place, forks, frame)) ?? (await nthSuccess(frame.forks.byEnd(forks), wanted));
  if (frame.branch.ended) return stopped;
  const waiting = await stillWaiting(step, wanted, winner, forks);
  if (waiting !== undefined) return waiting;
  if (winner === undefined) return tooFew(step, wanted, forks, frame);
  if (step.mode === "last") for (const fork of forks) bindResults(await fork.end, frame);
  else for (const fork of forks) fork.branch.end();
  if (frame.journal !== undefined && place !== undefined) {
    await commitChoice(step, place, winner, forks, frame.journal);
  }
  return bindWinner(step, await winner.end, frame);
}

/** The fork that an earlier attempt took, once it has succeeded again. */
async function chosenBefore(
  place: Place | undefined,
  forks: readonly OpenFork[],
  { journal }: Frame,
): Promise<OpenFork | undefined> {
  const ending = place === undefined ? undefined : journal?.endingOf(place);
  if (ending === undefined || !("choice" in ending)) return undefined;
  const chosen = forks.find((fork) => fork.step.node === ending.choice);
  return (await chosen?.end)?.flow.kind === "next" ? chosen : undefined;
}

/** Another attempt takes the same fork, and does not begin those again that this one has no use for. */
async function commitChoice(
  step: JoinStep,
  place: Place,
  winner: OpenFork,
  forks: readonly OpenFork[],
  journal: Journal,
): Promise<void> {
  const notes = [journal.note(place, { choice: winner.step.node }, "now")];
  for (const fork of forks) {
    const isOfUse = fork === winner || (step.mode === "last" && (await fork.end).flow.kind === "next");
    if (!isOfUse && fork.place !== undefined) notes.push(journal.note(fork.place, { left: true }, "now"));
  }
  await Promise.all(notes);
}

/** Too few have succeeded by now, and enough may yet when people have decided; of `JoinLast`, any may. */
async function stillWaiting(
  step: JoinStep,
  wanted: number,
  winner: OpenFork | undefined,
  forks: readonly OpenFork[],
): Promise<Flow | undefined> {
  if (winner !== undefined && step.mode !== "last") return undefined;
  const flows = (await Promise.all(forks.map((fork) => fork.end))).map((end) => end.flow);
  const possible = flows.filter(({ kind }) => kind === "next" || kind === "waits").length;
  const waits = allWaits(flows);
  const enough = step.mode === "last" || possible >= wanted;
  return waits.places.length > 0 && enough ? waits : undefined;
}

/**
 * Waits for all, binds what succeeded, then raises the first error in source order. What is to fail does not wait for
 * people first.
 */
async function joinAll(forks: readonly OpenFork[], frame: Frame): Promise<Flow> {
  const ends: ForkEnd[] = [];
  for (const fork of forks) {
    const end = await fork.end;
    bindResults(end, frame);
    ends.push(end);
  }
  if (frame.branch.ended) return stopped;
  const errors = ends.flatMap(({ flow }) => (flow.kind === "error" ? [flow.error] : []));
  frame.journal?.together(errors);
  const problem = ends.map(({ flow }) => flow).find(({ kind }) => kind !== "next" && kind !== "waits");
  if (problem !== undefined) return problem.kind === "error" ? problem : stopped;
  const waits = allWaits(ends.map(({ flow }) => flow));
  return waits.places.length === 0 ? next : waits;
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
function nthSuccess(forks: readonly OpenFork[], wanted: number): Promise<OpenFork | undefined> {
  return new Promise((resolve) => {
    let successes = 0;
    let ended = 0;
    let last: OpenFork | undefined;
    const count = (fork: OpenFork, end: ForkEnd) => {
      ended += 1;
      if (end.flow.kind === "next") {
        successes += 1;
        last = fork;
        if (successes === wanted) resolve(fork);
      }
      if (ended === forks.length) resolve(wanted === Number.POSITIVE_INFINITY ? last : undefined);
    };
    if (forks.length === 0) resolve(undefined);
    for (const fork of forks) void fork.end.then((end) => count(fork, end));
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
  const value = retype(plainValue(winner.results[0]?.[1] ?? null), from, type, {
    name: variable,
    namespace: frame.unit.namespace,
  });
  if (value.kind === "error") return failed(at(nodeOf(frame, step), value.error));
  frame.scope.set(variable, value.value);
  return next;
}
