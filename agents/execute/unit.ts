/**
 * One pipeline's phases: wrappers open -> setup -> run -> outputs computed -> cleanup -> wrappers close. Cleanup runs
 * once setup has begun, and every wrapper that began to open closes, whatever happened.
 */
import type { CanonicalValue, CleanupState, PlanBody, PlanInput, Step } from "@polyglot/contracts";
import type { Branch } from "./branch.ts";
import type { Evaluated } from "./evaluate.ts";
import { type Flow, failed } from "./flow.ts";
import type { Frame, RunningExecution, Unit } from "./frame.ts";
import type { Journal } from "./journal.ts";
import { OpenForks } from "./open-forks.ts";
import { outputsOf } from "./output.ts";
import { at, raised } from "./raised.ts";
import { Scope } from "./scope.ts";
import { runSteps } from "./steps.ts";
import { OpenWrappers } from "./wrappers.ts";

type Values = Readonly<Record<string, CanonicalValue>>;

export interface UnitEnd {
  readonly flow: Flow;
  /** Empty unless the flow is `next`, or an exit with code 0. */
  readonly outputs: Values;
}

const nothing: Values = {};

/** `journal`: of the run phase; setup, cleanup and wrappers are done anew by each attempt. */
export async function runUnit(
  unit: Unit,
  inputs: Values,
  execution: RunningExecution,
  branch: Branch,
  journal: Journal | undefined,
): Promise<UnitEnd> {
  const bound = bindInputs(unit.body.inputs, inputs);
  if (bound.kind === "error") return { flow: failed(at(unit.prefix.slice(0, -1), bound.error)), outputs: nothing };
  const frame: Frame = {
    execution,
    unit,
    scope: bound.scope,
    branch,
    forks: new OpenForks(execution.clock),
    matched: new Set(),
    journal: undefined,
  };
  if (unit.body.wrappers.length === 0) return runPhases(frame, journal);
  const wrappers = new OpenWrappers(frame);
  const opened = await wrappers.open();
  const end = opened.kind === "next" ? await runPhases(frame, journal) : { flow: opened, outputs: nothing };
  await wrappers.close(end.flow);
  return end;
}

type Bound = { readonly kind: "scope"; readonly scope: Scope } | Extract<Evaluated, { kind: "error" }>;

function bindInputs(inputs: readonly PlanInput[], given: Values): Bound {
  const scope = new Scope();
  for (const input of inputs) {
    const value = Object.hasOwn(given, input.name) ? given[input.name] : input.default;
    if (value === undefined) {
      return { kind: "error", error: raised("ValidationError", `input '${input.name}' has no value and no default`) };
    }
    scope.set(input.name, value);
  }
  return { kind: "scope", scope };
}

async function runPhases(frame: Frame, journal: Journal | undefined): Promise<UnitEnd> {
  const { body } = frame.unit;
  let flow = await runSteps(body.setup, frame);
  if (flow.kind === "next") flow = await runSteps(body.run, journal === undefined ? frame : { ...frame, journal });
  flow = await frame.forks.close(flow);
  const end = computeOutputs(body, flow, frame);
  if (frame.unit.depth === 0) await frame.execution.handled();
  frame.execution.noteCleanup(await cleanUp(body.cleanup, frame));
  return end;
}

/** Before cleanup, so that outputs do not see what cleanup binds. A run that left early gives what it had bound. */
function computeOutputs(body: PlanBody, flow: Flow, frame: Frame): UnitEnd {
  const leftWell = flow.kind === "exit" && flow.code === 0;
  if (flow.kind !== "next" && !leftWell) return { flow, outputs: nothing };
  const nested = frame.execution.plan.nestedOutputs(body.run);
  const outputs = outputsOf(body.outputs, frame.scope, (name) => leftWell || nested.has(name));
  if (outputs.kind === "values") return guardOutputs({ flow, outputs: Object.fromEntries(outputs.values) }, frame);
  return { flow: failed(at(frame.unit.prefix.slice(0, -1), outputs.error)), outputs: nothing };
}

/** Those of the execution itself are kept and shown; to its own callers a pipeline may give what it likes. */
function guardOutputs(end: UnitEnd, { execution, unit }: Frame): UnitEnd {
  if (unit.depth > 0) return end;
  for (const [output, value] of Object.entries(end.outputs)) {
    const secret = execution.secrets.nameIn(value);
    if (secret === undefined) continue;
    const message = `output '${output}' may not hold the value of secret '${secret}': it is kept in the clear`;
    return { flow: failed({ ...at("", raised("PermissionError", message)), isFinal: true }), outputs: nothing };
  }
  return end;
}

/** A line that fails is recorded and the next one has its turn: the outcome stays what it was. */
export async function cleanUp(steps: readonly Step[], frame: Frame): Promise<CleanupState> {
  if (steps.length === 0) return "done";
  const inner: Frame = {
    ...frame,
    branch: frame.unit.cleanup(),
    forks: new OpenForks(frame.execution.clock),
    matched: new Set(),
  };
  let state: CleanupState = "done";
  for (const step of steps) {
    const flow = await runSteps([step], inner);
    if (flow.kind === "stopped") return "abandoned";
    if (flow.kind === "next") continue;
    state = "failed";
    if (flow.kind === "error") inner.execution.record.noteCleanupError(flow.error);
  }
  return state;
}
