/** What a plan asks for that this executioner cannot do: found before the first step, never in the middle. */
import type { CallStep, NativeLanguage, Plan, PlanBody, Step, Target, Wrapper } from "@polyglot/contracts";
import { isLibraryName } from "./library.ts";
import { at, type RunError, raised } from "./raised.ts";
import { isKnownWrapper } from "./wrappers.ts";

const languages = { py: true, js: true, rust: false, cpp: false } satisfies Record<NativeLanguage, boolean>;

export function refusalOf(plan: Plan): RunError | undefined {
  for (const body of [plan, ...Object.values(plan.callees)]) {
    const refusal = refusalOfBody(body);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refusalOfBody(body: PlanBody): RunError | undefined {
  for (const wrapper of body.wrappers) {
    const refusal = refusalOfWrapper(wrapper);
    if (refusal !== undefined) return refusal;
  }
  return refusalOfSteps([...body.setup, ...body.run, ...body.cleanup]);
}

function refusalOfWrapper(wrapper: Wrapper): RunError | undefined {
  if (wrapper.macro !== undefined) return refusalOfSteps([...wrapper.macro.setup, ...wrapper.macro.cleanup]);
  if (!isKnownWrapper(wrapper.name)) return refuse(wrapper.node, `the wrapper '${wrapper.name}'`);
  if (wrapper.arguments.length > 0) return refuse(wrapper.node, `arguments of the wrapper '${wrapper.name}'`);
  return undefined;
}

function refusalOfSteps(steps: readonly Step[]): RunError | undefined {
  for (const step of steps) {
    const refusal = refusalOfStep(step);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refusalOfStep(step: Step): RunError | undefined {
  switch (step.kind) {
    case "call":
      return refusalOfCall(step);
    case "fork":
      return refusalOfSteps([...step.body, ...step.handlers.flatMap((handler) => handler.body)]);
    case "join":
      return refusalOfSteps(step.handlers.flatMap((handler) => handler.body));
    case "switch":
      return (step.test.kind === "call" ? refusalOfCall(step.test.call) : undefined) ?? refusalOfSteps(step.body);
    case "assign":
    case "output":
    case "exit":
      return undefined;
  }
}

function refusalOfCall(step: CallStep): RunError | undefined {
  const what = lacking(step.target);
  if (what !== undefined) return refuse(step.node, what);
  return refusalOfSteps(step.handlers.flatMap((handler) => handler.body));
}

function lacking(target: Target): string | undefined {
  if (target.kind === "native") return languages[target.lang] ? undefined : `code in the language '${target.lang}'`;
  if (target.kind === "library") return isLibraryName(target.name) ? undefined : `the library's '${target.name}'`;
  return undefined;
}

function refuse(node: string, what: string): RunError {
  return at(node, raised("NotImplementedError", `this agent does not implement ${what}; nothing of the plan was run`));
}
