/** One pipeline, checked: all that its plan says but the bodies of the pipelines that it calls. */
import type { PlanBody, PlanInput, QueueConfiguration, SourcePosition, TriggerRegistration } from "@polyglot/contracts";
import type { PipelineNode } from "../syntax/file-tree.ts";
import { CheckContext, type PipelineInterface, type CheckedUse, type Surroundings } from "./context.ts";
import type { FileScope, PipelineDeclaration } from "./file-scope.ts";
import { checkInputs } from "./inputs.ts";
import { checkOutputs, withNested } from "./outputs.ts";
import { checkSettings } from "./settings.ts";
import { bindUnknown } from "./results.ts";
import { checkPhase } from "./steps.ts";
import { checkTriggers } from "./triggers.ts";
import { reportUnusedVariables } from "./unused.ts";
import { checkWrappers } from "./wrappers.ts";

export interface CheckedPipeline {
  readonly declaration: PipelineDeclaration;
  readonly body: PlanBody;
  readonly triggers: readonly TriggerRegistration[];
  readonly queue: QueueConfiguration;
  readonly positions: Readonly<Record<string, SourcePosition>>;
  readonly uses: readonly CheckedUse[];
  readonly unimplemented: ReadonlySet<string>;
}

/** `file` is the pipeline's with what the pipeline alone imports. */
export function checkPipeline(
  declaration: PipelineDeclaration,
  file: FileScope,
  surroundings: Surroundings,
): CheckedPipeline {
  const { node } = declaration;
  const context = new CheckContext(file, surroundings);
  const inputs = checkInputs(node.inputs, context);
  bindUnknown(node.recovered, context);
  const triggers = checkTriggers(node, inputs, context);
  const queue = checkSettings(declaration, inputs, context);
  const body = checkBody(node, inputs, context);
  if (!node.inError) reportUnusedVariables(context);
  const { positions, uses, unimplemented } = context;
  return { declaration, body, triggers, queue, positions, uses, unimplemented };
}

function checkBody(node: PipelineNode, inputs: PlanInput[], context: CheckContext): PlanBody {
  const checked = checkWrappers(node.wraps, context);
  const setup = checkPhase(node.setup, "setup", context).steps;
  context.isInRunPhase = true;
  const run = checkPhase(node.run, "run", context).steps;
  context.isInRunPhase = false;
  // `[o]` does not see what `[/]` binds.
  const outputs = withNested(checkOutputs(node.outputs, context), context.nestedOutputs);
  const cleanup = checkPhase(node.clean, "cleanup", context).steps;
  return { inputs, ...checked, setup, run, cleanup, outputs };
}

/** What callers see before the pipeline is checked: in a circle of calls, and where its file is in error. */
export function statedInterface(declaration: PipelineDeclaration, file: FileScope): PipelineInterface {
  const { inputs, outputs } = declaration.node;
  return {
    inputs: inputs.map((node) => ({
      name: node.name.text,
      type: file.aliases.size === 0 ? node.type.text : "pg\\any",
      isOptional: node.isDefault,
      takesNone: node.value?.kind === "none",
    })),
    outputs: outputs.flatMap(({ body }) =>
      body?.kind === "output" ? [{ name: body.name.text, type: body.type?.text ?? "pg\\any" }] : [],
    ),
  };
}

const interfaces = new WeakMap<CheckedPipeline, PipelineInterface>();

export function interfaceOfChecked(checked: CheckedPipeline): PipelineInterface {
  const known = interfaces.get(checked) ?? createInterface(checked);
  interfaces.set(checked, known);
  return known;
}

function createInterface(checked: CheckedPipeline): PipelineInterface {
  return {
    inputs: checked.body.inputs.map((input) => ({
      name: input.name,
      type: input.type,
      isOptional: input.default !== undefined,
      takesNone: input.default === null,
    })),
    outputs: checked.body.outputs,
  };
}
