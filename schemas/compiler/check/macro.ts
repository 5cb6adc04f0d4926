/** A macro's lines: it sees its inputs, the pipeline that applies it its outputs. */
import type { SourcePosition, Wrapper } from "@polyglot/contracts";
import { CheckContext, type CheckedUse, type Surroundings } from "./context.ts";
import type { MacroDeclaration } from "./file-scope.ts";
import { checkInputs } from "./inputs.ts";
import { checkOutputs, withNested } from "./outputs.ts";
import { bindUnknown } from "./results.ts";
import { checkPhase } from "./steps.ts";
import { reportUnusedVariables } from "./unused.ts";

export interface CheckedMacro {
  readonly macro: NonNullable<Wrapper["macro"]>;
  /** By node within the macro. */
  readonly positions: Readonly<Record<string, SourcePosition>>;
  readonly uses: readonly CheckedUse[];
  readonly unimplemented: ReadonlySet<string>;
  /** How many stand in it. */
  readonly lines: number;
}

/** What it reports is its own, also where a pipeline that applies it is the first to ask. */
export function checkMacro(declaration: MacroDeclaration, surroundings: Surroundings): CheckedMacro {
  return declaration.file.findings.record(() => checkLines(declaration, surroundings)).result;
}

function checkLines({ file, node }: MacroDeclaration, surroundings: Surroundings): CheckedMacro {
  const context = new CheckContext(file, surroundings);
  const inputs = checkInputs(node.inputs, context);
  bindUnknown(node.recovered, context);
  const setup = checkPhase(node.setup, "setup", context).steps;
  // The pipeline sees the outputs with the values that they have at `[v]`.
  const outputs = withNested(checkOutputs(node.outputs, context), context.nestedOutputs);
  const cleanup = checkPhase(node.clean, "cleanup", context).steps;
  if (!file.findings.hasErrors) reportUnusedVariables(context);
  const { positions, uses, unimplemented } = context;
  const lines = Object.keys(positions).length;
  return { macro: { inputs, setup, cleanup, outputs }, positions, uses, unimplemented, lines };
}
