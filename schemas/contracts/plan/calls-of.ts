import { handlersOf } from "./handlers-of.ts";
import type { PlanBody } from "./plan.ts";
import type { CallStep, Step } from "./step.ts";

/** The calls that lines of a body make, those of its macros, switches, branches and handlers among them, in the plan's order. */
export function callsOf(body: PlanBody): CallStep[] {
  const macros = body.wrappers.flatMap(({ macro }) => (macro === undefined ? [] : [...macro.setup, ...macro.cleanup]));
  return [...macros, ...body.setup, ...body.run, ...body.cleanup].flatMap(callsIn);
}

function callsIn(step: Step): CallStep[] {
  return [...ownCalls(step), ...handlersOf(step).flatMap((handler) => handler.body.flatMap(callsIn))];
}

function ownCalls(step: Step): CallStep[] {
  switch (step.kind) {
    case "call":
      return [step];
    case "fork":
      return step.body.flatMap(callsIn);
    case "switch":
      return [...(step.test.kind === "call" ? ownCalls(step.test.call) : []), ...step.body.flatMap(callsIn)];
    case "assign":
    case "join":
    case "output":
    case "exit":
      return [];
  }
}
