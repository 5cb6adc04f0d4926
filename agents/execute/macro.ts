import type { CanonicalValue, CleanupState, PlanInput, Wrapper } from "@polyglot/contracts";
import { fillInputs } from "./fill-inputs.ts";
import { type Flow, failed, next } from "./flow.ts";
import type { Frame, Unit } from "./frame.ts";
import { OpenForks } from "./open-forks.ts";
import { outputsOf } from "./output.ts";
import { at, raised } from "./raised.ts";
import { retype } from "./retype.ts";
import { Scope } from "./scope.ts";
import { runSteps } from "./steps.ts";
import { cleanUp } from "./unit.ts";
import type { WrapperArgument } from "./wrappers.ts";

/**
 * Runs a macro's lines before `[v]` in a scope of the macro's own, and binds its outputs in the pipeline's scope.
 * `began` is told as soon as the macro owes its cleanup.
 */
export async function openMacro(
  wrapper: Wrapper,
  given: readonly WrapperArgument[],
  frame: Frame,
  began: (scope: Scope) => void,
): Promise<Flow> {
  const { macro } = wrapper;
  const node = frame.unit.prefix + wrapper.node;
  if (macro === undefined) return next;
  const inputs = fillInputs(
    macro.inputs,
    given.map((argument) => ({ ...argument, from: "pg\\any" })),
    frame.unit.namespace,
  );
  if (inputs.kind === "error") return failed(at(node, inputs.error));
  const unbound = macro.inputs.find((input) => valueOf(input, inputs.values) === undefined);
  if (unbound !== undefined) return failed(at(node, raised("ValidationError", `input '${unbound.name}' has no value`)));
  const scope = new Scope(macro.inputs.map((input) => [input.name, valueOf(input, inputs.values) ?? null]));
  began(scope);
  const inner = insideOf(wrapper, scope, frame);
  const flow = await runSteps(macro.setup, inner);
  return flow.kind === "next" ? bindOutputs(wrapper, scope, frame) : flow;
}

/** Runs a macro's lines after `[v]`. */
export function closeMacro(wrapper: Wrapper, scope: Scope, frame: Frame): Promise<CleanupState> {
  return cleanUp(wrapper.macro?.cleanup ?? [], insideOf(wrapper, scope, frame));
}

function valueOf(input: PlanInput, given: Readonly<Record<string, CanonicalValue>>): CanonicalValue | undefined {
  return Object.hasOwn(given, input.name) ? given[input.name] : input.default;
}

function insideOf(wrapper: Wrapper, scope: Scope, frame: Frame): Frame {
  const unit: Unit = { ...frame.unit, prefix: `${frame.unit.prefix}${wrapper.node}/` };
  return { ...frame, unit, scope, forks: new OpenForks(frame.execution.clock), matched: new Set() };
}

/** The pipeline sees a macro's outputs with the values that they have at `[v]`. */
function bindOutputs(wrapper: Wrapper, scope: Scope, frame: Frame): Flow {
  const node = frame.unit.prefix + wrapper.node;
  const declared = wrapper.macro?.outputs ?? [];
  const nested = frame.execution.plan.nestedOutputs(wrapper.macro?.setup ?? []);
  const outputs = outputsOf(declared, scope, (name) => nested.has(name));
  if (outputs.kind === "error") return failed(at(node, outputs.error));
  for (const [index, result] of wrapper.results.entries()) {
    const place = { name: result.variable, namespace: frame.unit.namespace };
    const given = outputs.values[index]?.[1] ?? null;
    const value = retype(given, declared[index]?.type ?? result.type, result.type, place);
    if (value.kind === "error") return failed(at(node, value.error));
    frame.scope.set(result.variable, value.value);
  }
  return next;
}
