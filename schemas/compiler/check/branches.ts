/** `[f]` and `[b]`: a call, or lines of an inline branch with a scope of its own. */
import type { ForkStep, OutputValue } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { CallNode, LineNode, Name } from "../syntax/tree.ts";
import type { Branch, BranchBlock } from "./branch-block.ts";
import { checkCall } from "./call.ts";
import { createCallStep } from "./checked-call.ts";
import type { CheckContext } from "./context.ts";
import type { LineGroup } from "./group-lines.ts";
import { checkHandlers } from "./handlers.ts";
import { lookUpCall } from "./names.ts";
import { checkOutputs, withNested } from "./outputs.ts";
import { bindVariable } from "./results.ts";
import { checkBlock, handlersOf } from "./steps.ts";
import { reportUnusedVariables } from "./unused.ts";

interface Place {
  readonly node: string;
  readonly waits: readonly string[];
  readonly block: BranchBlock;
  readonly isInline: boolean;
}

export function checkBranch(group: LineGroup, place: Place, context: CheckContext): ForkStep | undefined {
  const { line } = group;
  const { node, block } = place;
  if (line.body?.kind !== "call") {
    if (line.body !== undefined) context.findings.report(problems.branchBody, line.body);
    return undefined;
  }
  const label = line.body.name.text;
  const isBackground = line.element === "back";
  const branch: Branch = { node, label, at: line.head, isBackground, names: new Set() };
  block.current = branch;
  const before = context.scope.mark();
  const inside = place.isInline
    ? checkInline(line, line.body, branch, place, context)
    : checkForkedCall(line.body, branch, place, context);
  const handlers = checkHandlers(handlersOf(group), { node, before }, context);
  block.current = undefined;
  block.open.add(branch);
  const after = [...new Set([...context.dependencies.endStep(node), ...place.waits])];
  return (
    inside && {
      kind: "fork",
      node,
      after,
      label,
      background: isBackground,
      inline: place.isInline,
      ...inside,
      handlers,
    }
  );
}

type Inside = Pick<ForkStep, "body" | "outputs">;

function checkForkedCall(body: CallNode, branch: Branch, place: Place, context: CheckContext): Inside | undefined {
  const call = checkCall(body, context);
  if (call === undefined) return undefined;
  const [first] = call.results;
  if (first !== undefined) branch.firstType = first.type;
  return { body: [createCallStep(`${place.node}.0`, [], call, [])], outputs: [] };
}

function checkInline(line: LineNode, body: CallNode, branch: Branch, place: Place, context: CheckContext): Inside {
  checkLabel(body, place, context);
  const outer = { scope: context.scope, outputs: context.nestedOutputs, isInBackground: context.isInBackground };
  context.scope = outer.scope.branch();
  context.nestedOutputs = [];
  context.isInBackground = branch.isBackground;
  const { steps, outputs } = context.dependencies.nested(() => checkInside(line, place.node, context), true);
  reportUnusedVariables(context);
  context.scope = outer.scope;
  context.nestedOutputs = outer.outputs;
  context.isInBackground = outer.isInBackground;
  if (branch.isBackground) return { body: steps, outputs: [] };
  giveBack(outputs, line, branch, context);
  return { body: steps, outputs };
}

/** What an inline branch gives back it names at its own depth, or nested. */
function checkInside(line: LineNode, node: string, context: CheckContext) {
  const lines = line.children.filter((child) => child.element !== "output");
  const { steps } = checkBlock(lines, node, context);
  const own = checkOutputs(
    line.children.filter((child) => child.element === "output"),
    context,
  );
  return { steps, outputs: withNested(own, context.nestedOutputs) };
}

function giveBack(outputs: readonly OutputValue[], line: LineNode, branch: Branch, context: CheckContext): void {
  for (const [index, output] of outputs.entries()) {
    const name: Name = outputName(line, output.name) ?? { text: output.name, ...line.head };
    bindVariable(name, undefined, output.type, context);
    if (index === 0) branch.firstType = output.type;
  }
}

function outputName(line: LineNode, name: string): Name | undefined {
  for (const { body } of line.children) if (body?.kind === "output" && body.name.text === name) return body.name;
  return undefined;
}

/** A label takes nothing, and is not the name of something that could be called. */
function checkLabel(body: CallNode, place: Place, context: CheckContext): void {
  const label = body.name.text;
  const given = body.io.find((item) => item.kind !== "after");
  if (given !== undefined) context.findings.report(problems.labelArguments, given, label);
  const found = lookUpCall(body, context.file);
  if (found.kind !== "unknown") context.findings.report(problems.labelTaken, body.name, label);
  const isTwice = [...place.block.open].some((other) => other.label === label);
  if (isTwice) context.findings.report(problems.labelTwice, body.name, label);
}
