/** Results to variables. A variable keeps the type of its first binding. */
import type { Result } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { IoNode, LineNode, Name, TypeNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import { guardWrite } from "./race-guard.ts";
import { anyType, resolveType, typesConvert } from "./types.ts";

/** Binds what stands after each `>>`, in the callee's order; `types` is absent where their number is not known. */
export function bindResults(
  io: readonly IoNode[],
  callee: { readonly text: string; readonly types: readonly string[] | undefined; readonly anything: string },
  context: CheckContext,
): Result[] {
  const nodes = io.filter((item) => item.kind === "result");
  const { types } = callee;
  const superfluous = types === undefined ? undefined : nodes[types.length];
  if (types !== undefined && superfluous !== undefined) {
    context.findings.report(problems.tooManyResults, superfluous, callee.text, types.length, nodes.length);
  }
  return nodes.map((node, index) => {
    const from = types === undefined ? callee.anything : (types[index] ?? anyType);
    return node.name === undefined
      ? { variable: "", from, type: from }
      : bindVariable(node.name, node.type, from, context);
  });
}

/** What a callee of unknown type gives is `pg\any`, unless the line states another. */
export function bindVariable(name: Name, typeNode: TypeNode | undefined, from: string, context: CheckContext): Result {
  const stated = typeNode === undefined ? undefined : resolveType(typeNode, context.file);
  const known = context.scope.variable(name.text);
  const isChanged = known !== undefined && stated !== undefined && stated !== known.type && !known.isUnknown;
  if (isChanged) context.findings.report(problems.typeChanged, typeNode ?? name, name.text, known.type, stated);
  const type = known?.type ?? stated ?? (isOpen(from) ? anyType : from);
  if (!isChanged && !typesConvert(from, type)) {
    context.findings.report(problems.noConverter, typeNode ?? name, `what '${name.text}' gets`, from, type);
  }
  declareVariable(name, type, context);
  return { variable: name.text, from, type };
}

function isOpen(type: string): boolean {
  return type === "py\\object" || type === "js\\object" || type === "py\\None";
}

export function declareVariable(name: Name, type: string, context: CheckContext): void {
  guardWrite(name.text, name, context);
  if (context.scope.isCopy(name.text)) context.findings.report(problems.copyWritten, name, name.text);
  for (const block of context.scope.blocks) {
    if (block.current !== undefined) block.own(name.text, block.current);
  }
  context.dependencies.write(name.text);
  context.scope.declare({ name: name.text, type, at: name, isUnknown: false, isInput: false, used: false });
}

/** All that a line in error and the lines under it would bind. */
export function bindDescendants(line: LineNode, context: CheckContext): void {
  bindUnknown(line.recovered, context);
  bindUnknown(namesBoundBy(line.body), context);
  for (const child of line.children) bindDescendants(child, context);
}

export function namesBoundBy(body: LineNode["body"]): Name[] {
  if (body?.kind === "assign" || body?.kind === "output") return [body.name];
  if (body?.kind !== "call") return [];
  return body.io.flatMap((item) => (item.kind === "result" && item.name !== undefined ? [item.name] : []));
}

/** Names of a line in error are bound, so that reading them is no error too. */
export function bindUnknown(names: readonly Name[], context: CheckContext): void {
  for (const name of names) {
    context.scope.declare({ name: name.text, type: anyType, at: name, isUnknown: true, isInput: false, used: true });
  }
}
