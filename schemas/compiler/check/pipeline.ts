/** One pipeline, checked: all that its plan says but the bodies of the pipelines that it calls. */
import type { PlanBody, PlanInput, QueueConfiguration, SourcePosition, TriggerRegistration } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { elementText } from "../syntax/element.ts";
import type { PipelineNode } from "../syntax/file-tree.ts";
import type { LineNode } from "../syntax/tree.ts";
import { CheckContext, type PipelineInterface, type PipelineUse } from "./context.ts";
import type { FileScope, PipelineDeclaration } from "./file-scope.ts";
import { checkInputs } from "./inputs.ts";
import { checkOutputs } from "./outputs.ts";
import { checkSettings } from "./settings.ts";
import { checkBlock } from "./steps.ts";
import { checkTriggers } from "./triggers.ts";

export interface CheckedPipeline {
  readonly declaration: PipelineDeclaration;
  readonly body: PlanBody;
  readonly triggers: readonly TriggerRegistration[];
  readonly queue: QueueConfiguration;
  readonly positions: Readonly<Record<string, SourcePosition>>;
  readonly uses: readonly PipelineUse[];
  readonly unimplemented: ReadonlySet<string>;
}

/** What every pipeline of one compile is checked against. */
export interface Surroundings {
  readonly queues: ReadonlySet<string>;
  readonly interfaceOf: (declaration: PipelineDeclaration) => PipelineInterface;
  /** The file with what the pipeline alone imports. */
  readonly fileOf: (declaration: PipelineDeclaration) => FileScope;
}

export function checkPipeline(declaration: PipelineDeclaration, surroundings: Surroundings): CheckedPipeline {
  const { node } = declaration;
  const context = new CheckContext(surroundings.fileOf(declaration), surroundings.queues, surroundings.interfaceOf);
  const inputs = checkInputs(node.inputs, context);
  const triggers = checkTriggers(node, inputs, context);
  const queue = checkSettings(node.queue, context);
  const body = checkBody(node, inputs, context);
  reportUnusedVariables(node, context);
  const { positions, uses, unimplemented } = context;
  return { declaration, body, triggers, queue, positions, uses, unimplemented };
}

function checkBody(node: PipelineNode, inputs: PlanInput[], context: CheckContext): PlanBody {
  reportOpenLines(node.wraps, context);
  const setup = checkBlock(node.setup, "setup", context);
  const run = checkBlock(node.run, "run", context);
  // `[o]` does not see what `[/]` binds.
  const outputs = checkOutputs(node.outputs, context);
  const cleanup = checkBlock(node.clean, "cleanup", context);
  return { inputs, wrappers: [], runtimes: {}, setup, run, cleanup, outputs };
}

function reportOpenLines(lines: readonly LineNode[], context: CheckContext): void {
  for (const line of lines) context.findings.report(problems.notSupported, line.head, elementText(line.element));
}

function reportUnusedVariables(node: PipelineNode, context: CheckContext): void {
  if (node.inError) return;
  for (const variable of context.scope.variables()) {
    if (variable.used || variable.isInput || variable.isUnknown || variable.name.startsWith("_")) continue;
    context.findings.report(problems.unusedVariable, variable.at, variable.name);
  }
}

/** What callers see before the pipeline is checked: in a circle of calls, and where its file is in error. */
export function statedInterface(declaration: PipelineDeclaration, file: FileScope): PipelineInterface {
  const { inputs, outputs } = declaration.node;
  return {
    inputs: inputs.map((node) => ({
      name: node.name.text,
      type: file.aliases.size === 0 ? node.type.text : "pg\\any",
      isOptional: node.isDefault,
    })),
    outputs: outputs.flatMap(({ body }) =>
      body?.kind === "output" ? [{ name: body.name.text, type: body.type?.text ?? "pg\\any" }] : [],
    ),
  };
}

export function interfaceOfChecked(checked: CheckedPipeline): PipelineInterface {
  return {
    inputs: checked.body.inputs.map((input) => ({ ...input, isOptional: input.default !== undefined })),
    outputs: checked.body.outputs,
  };
}
