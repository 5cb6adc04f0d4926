/** `[o]` lines of a pipeline: names that go out, and the values they have when nothing has set them. */
import type { OutputStep, OutputValue } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { BodyOf, LineNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import { bindVariable } from "./results.ts";
import { guardRead } from "./race-guard.ts";
import { resolveType, typesConvert } from "./types.ts";

export function checkOutputs(lines: readonly LineNode[], context: CheckContext): OutputValue[] {
  const outputs: OutputValue[] = [];
  const names = new Set<string>();
  for (const line of lines) {
    const { body } = line;
    if (body?.kind !== "output") continue;
    const isTwice = names.has(body.name.text);
    names.add(body.name.text);
    if (isTwice)
      context.findings.report(problems.duplicateName, body.name, "the output", body.name.text, "an earlier line");
    else outputs.push(checkOutput(body, context));
  }
  return outputs;
}

/** `[o]` under `[?]` or `[!]` sets a name and ends nothing. */
export function checkNestedOutput(line: LineNode, node: string, context: CheckContext): OutputStep | undefined {
  const { body } = line;
  if (body?.kind !== "output") return undefined;
  if (context.isInBackground) context.findings.report(problems.backOutput, line.head);
  if (body.value === undefined) return createOutputStep(checkOutput(body, context), node, context);
  const given = checkValue(body.value, context);
  const { type } = bindVariable(body.name, body.type, given.type, context);
  const variable = context.scope.variable(body.name.text);
  if (variable !== undefined) variable.used = true;
  return createOutputStep({ name: body.name.text, type, value: given.value }, node, context);
}

function createOutputStep(output: OutputValue, node: string, context: CheckContext): OutputStep {
  const { nestedOutputs } = context;
  if (!nestedOutputs.has(output.name)) nestedOutputs.set(output.name, { name: output.name, type: output.type });
  return { kind: "output", node, after: context.dependencies.endStep(node), output };
}

/** A block's own outputs first, then names that only nested ones give. */
export function withNested(own: readonly OutputValue[], nested: ReadonlyMap<string, OutputValue>): OutputValue[] {
  const names = new Set(own.map((output) => output.name));
  return [...own, ...[...nested.values()].filter((output) => !names.has(output.name))];
}

function checkOutput(node: BodyOf<"output">, context: CheckContext): OutputValue {
  const name = node.name.text;
  const given = node.value === undefined ? undefined : checkValue(node.value, context);
  const variable = context.scope.variable(name);
  if (variable !== undefined) variable.used = true;
  context.dependencies.read(name);
  if (variable !== undefined) guardRead(name, node.name, context);
  if (given === undefined && (variable === undefined || !context.scope.isBound(name))) {
    const nearest = context.findings.nearest(name, context.scope.boundNames());
    context.findings.report(problems.outputNotBound, node.name, name, nearest);
  }
  const from = variable?.type ?? given?.type ?? "pg\\any";
  const type = node.type === undefined ? from : resolveType(node.type, context.file);
  reportNoConverter(node, [variable?.type, given?.type], type, context);
  return { name, type, ...(given && { value: given.value }) };
}

function reportNoConverter(
  node: BodyOf<"output">,
  sources: readonly (string | undefined)[],
  type: string,
  context: CheckContext,
): void {
  for (const from of sources) {
    if (from === undefined || typesConvert(from, type)) continue;
    context.findings.report(problems.noConverter, node, `the output '${node.name.text}'`, from, type);
  }
}
