/** Calls of pipelines. */
import { problems } from "../diagnose/catalogue.ts";
import { findLibraryEntry } from "../stdlib/registry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { matchArguments } from "./arguments.ts";
import { type CheckedCall, skipCall } from "./checked-call.ts";
import type { CheckContext } from "./context.ts";
import type { PipelineDeclaration } from "./file-scope.ts";
import { bindResults } from "./results.ts";

export function checkPipelineCall(
  node: CallNode,
  declaration: PipelineDeclaration,
  context: CheckContext,
): CheckedCall | undefined {
  if (!declaration.isCallable) {
    context.findings.report(problems.notCallable, node.name, node.name.text);
    return skipCall(node, context);
  }
  context.uses.push({ at: node.name, declaration });
  reportSettings(node, declaration, context);
  const { inputs, outputs } = context.interfaceOf(declaration);
  const text = `|${node.name.text}`;
  const matched = matchArguments(node.io, { text, at: node.name, parameters: inputs }, context);
  const types = outputs.map((output) => output.type);
  const results = bindResults(node.io, { text, types, anything: "pg\\any" }, context);
  return { target: { kind: "pipeline", pipeline_id: declaration.id }, arguments: matched, results, types };
}

/** A called pipeline runs within the execution of its caller, where of its settings only those of kills apply. */
export function reportSettings(node: CallNode, declaration: PipelineDeclaration, context: CheckContext): void {
  for (const name of passedOver(declaration)) context.findings.report(problems.calleeSetting, node.name, name);
}

const passedOverBy = new WeakMap<PipelineDeclaration, readonly string[]>();

/** Each setting once, however often it stands there. */
function passedOver(declaration: PipelineDeclaration): readonly string[] {
  const known = passedOverBy.get(declaration);
  if (known !== undefined) return known;
  const names = declaration.node.queue.flatMap(({ body }) =>
    body?.kind === "call" ? (findLibraryEntry(body.name.text)?.name ?? []) : [],
  );
  const found = [...new Set(names)].filter((name) => !name.startsWith("Q.Kill."));
  passedOverBy.set(declaration, found);
  return found;
}
