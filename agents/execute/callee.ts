/** A step that calls a pipeline: it runs inside of the caller's execution and attempt, with a scope of its own. */
import { type CanonicalValue, type PipelineId, splitPipelineId } from "@polyglot/contracts";
import type { CallEnd, GivenArgument } from "./call.ts";
import { runCallee } from "./callee-limit.ts";
import { fillInputs } from "./fill-inputs.ts";
import { failed, stopped } from "./flow.ts";
import type { Frame, Unit } from "./frame.ts";
import { at, raised } from "./raised.ts";
import { retype } from "./retype.ts";
import { runUnit } from "./unit.ts";

/** Calls of pipelines inside of each other. A circle with a way out may be long; one without must end. */
export const maxCallDepth = 100;

export async function callPipeline(
  pipelineId: string,
  given: readonly GivenArgument[],
  types: readonly string[],
  frame: Frame,
  node: string,
): Promise<CallEnd> {
  const body = frame.execution.plan.plan.callees[pipelineId];
  if (body === undefined) throw new Error(`the plan holds no body of the pipeline '${pipelineId}' that it calls`);
  if (frame.unit.depth >= maxCallDepth) return fail(node, `pipelines call each other more than ${maxCallDepth} deep`);
  const { namespace } = splitPipelineId(pipelineId as PipelineId);
  const inputs = fillInputs(body.inputs, given, namespace);
  if (inputs.kind === "error") return { kind: "flow", flow: failed(at(node, inputs.error)) };
  const end = await runCallee(body, frame, node, ({ run, cleanup, usage }) => {
    const unit: Unit = {
      pipelineId,
      namespace,
      body,
      prefix: `${node}/`,
      depth: frame.unit.depth + 1,
      inForce: new Set(frame.unit.inForce),
      variables: new Map(),
      usage,
      cleanup,
    };
    return runUnit(unit, inputs.values, frame.execution, run, frame.journal);
  });
  if (end.flow.kind !== "next") return { kind: "flow", flow: end.flow.kind === "recovered" ? stopped : end.flow };
  return takeResults(end.outputs, body.outputs, types, frame, node);
}

function takeResults(
  outputs: Readonly<Record<string, CanonicalValue>>,
  declared: readonly { readonly name: string; readonly type: string }[],
  types: readonly string[],
  frame: Frame,
  node: string,
): CallEnd {
  const values: CanonicalValue[] = [];
  for (const [index, type] of types.entries()) {
    const output = declared[index];
    const given = output === undefined ? null : (outputs[output.name] ?? null);
    const place = { name: output?.name ?? `result ${index + 1}`, namespace: frame.unit.namespace };
    const value = retype(given, output?.type ?? type, type, place);
    if (value.kind === "error") return { kind: "flow", flow: failed(at(node, value.error)) };
    values.push(value.value);
  }
  return { kind: "values", values };
}

function fail(node: string, message: string): CallEnd {
  return { kind: "flow", flow: failed(at(node, raised("RuntimeError", message))) };
}
