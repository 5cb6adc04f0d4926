/** `[i]` lines: names, types, defaults. */
import type { PlanInput } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { BodyOf } from "../syntax/tree.ts";
import { sizes } from "../source/sizes.ts";
import { sizeOfValue, variablesIn } from "./constant-arguments.ts";
import type { CheckContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import { resolveType, typesConvert } from "./types.ts";

export function checkInputs(nodes: readonly BodyOf<"declaration">[], context: CheckContext): PlanInput[] {
  const inputs: PlanInput[] = [];
  const names = new Set<string>();
  const superfluous = nodes[sizes.inputs];
  if (superfluous !== undefined) {
    context.findings.report(problems.tooLarge, superfluous.name, "this block", nodes.length, "inputs", sizes.inputs);
  }
  for (const node of nodes.slice(0, sizes.inputs)) {
    const isTwice = names.has(node.name.text);
    names.add(node.name.text);
    if (isTwice) {
      context.findings.report(problems.duplicateName, node.name, "the input", node.name.text, "an earlier line");
    } else inputs.push(checkInput(node, context));
  }
  // Declared after all of them, so that no default can read another input.
  for (const [index, input] of inputs.entries()) {
    const at = nodes[index]?.name ?? { start: 0, end: 0 };
    const { name, type, default: constant } = input;
    const known = constant === undefined ? {} : { constant, size: sizeOfValue(constant) };
    context.scope.declare({ name, type, at, isUnknown: false, isInput: true, used: false, ...known });
  }
  return inputs;
}

function checkInput(node: BodyOf<"declaration">, context: CheckContext): PlanInput {
  const name = node.name.text;
  const type = resolveType(node.type, context.file);
  if (node.value === undefined) return { name, type };
  if (variablesIn(node.value).length > 0) {
    context.findings.report(problems.notLiteral, node.value, name);
    return { name, type, default: null };
  }
  const given = checkValue(node.value, context);
  if (given.value.kind !== "literal") return { name, type, default: null };
  const isNone = node.value.kind === "none";
  if (!isNone && !typesConvert(given.type, type)) {
    context.findings.report(problems.defaultType, node.value, name, type, given.type);
  }
  return { name, type, default: given.value.value };
}
