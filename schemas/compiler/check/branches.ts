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
import { bindVariable, namesBoundBy } from "./results.ts";
import type { Scope } from "./scope.ts";
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
  const inside = place.isInline
    ? checkInline(group, line.body, branch, place, context)
    : checkForkedCall(group, line.body, branch, place, context);
  block.current = undefined;
  block.add(branch);
  const after = [...new Set([...context.dependencies.endStep(node), ...place.waits])];
  return inside && { kind: "fork", node, after, label, background: isBackground, inline: place.isInline, ...inside };
}

type Inside = Pick<ForkStep, "body" | "outputs" | "handlers">;

/** The call binds in the block; its handlers run on copies, as lines of an inline branch do, and may set its results. */
function checkForkedCall(
  group: LineGroup,
  body: CallNode,
  branch: Branch,
  place: Place,
  context: CheckContext,
): Inside | undefined {
  const before = context.scope.mark();
  const lost = namesBoundBy(body).filter(({ text }) => context.scope.isLost(text));
  const call = checkCall(body, context);
  const inner = context.scope.branch();
  adoptResults(inner, branch, context.scope.since(before), context.scope);
  for (const { text } of lost) inner.lose(text);
  const handlers = checkForkHandlers(group, inner, branch, place, context);
  if (call === undefined) return undefined;
  const [first] = call.results;
  if (first !== undefined) branch.firstType = first.type;
  return { body: [createCallStep(`${place.node}.0`, [], call, [])], outputs: [], handlers };
}

/** What the call binds, its handlers may set and do not see. */
function adoptResults(inner: Scope, branch: Branch, news: readonly string[], outer: Scope): void {
  const unseen = new Set(news);
  for (const name of new Set([...branch.names, ...news])) {
    const variable = outer.variable(name);
    if (variable !== undefined) inner.adopt(variable, !unseen.has(name));
  }
}

function checkForkHandlers(
  group: LineGroup,
  inner: Scope,
  branch: Branch,
  place: Place,
  context: CheckContext,
): Inside["handlers"] {
  const { result, outputs } = inScope(inner, branch, context, () =>
    checkHandlers(handlersOf(group), { node: place.node, before: inner.mark() }, context),
  );
  for (const { name } of outputs) {
    if (!branch.names.has(name)) context.findings.report(problems.forkedOutput, group.line.head, name);
  }
  return result;
}

function checkInline(group: LineGroup, body: CallNode, branch: Branch, place: Place, context: CheckContext): Inside {
  checkLabel(body, place, context);
  const { line } = group;
  const { result } = inScope(context.scope.branch(), branch, context, () => checkInside(group, place.node, context));
  if (!branch.isBackground) giveBack(result.outputs, line, branch, context);
  return { ...result, outputs: branch.isBackground ? [] : result.outputs };
}

/** What an inline branch gives back it names at its own depth, or nested. */
function checkInside(group: LineGroup, node: string, context: CheckContext): Inside {
  const { children } = group.line;
  const before = context.scope.mark();
  const { steps } = checkBlock(
    children.filter((child) => child.element !== "output"),
    node,
    context,
  );
  const handlers = checkHandlers(handlersOf(group), { node, before }, context);
  const own = checkOutputs(
    children.filter((child) => child.element === "output"),
    context,
  );
  return { body: steps, outputs: withNested(own, context.nestedOutputs), handlers };
}

/** Runs a check in a scope of copies; what it writes there is not written outside. */
function inScope<Result>(
  scope: Scope,
  branch: Branch,
  context: CheckContext,
  check: () => Result,
): { result: Result; outputs: readonly OutputValue[] } {
  const outer = { scope: context.scope, outputs: context.nestedOutputs, isInBackground: context.isInBackground };
  context.scope = scope;
  context.nestedOutputs = new Map();
  context.isInBackground = branch.isBackground;
  const result = context.dependencies.nested(check, true);
  reportUnusedVariables(context);
  const outputs = [...context.nestedOutputs.values()];
  context.scope = outer.scope;
  context.nestedOutputs = outer.outputs;
  context.isInBackground = outer.isInBackground;
  return { result, outputs };
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
  context.file.queries?.push({ kind: "call", node: body, isUse: false });
  const found = lookUpCall(body, context.file);
  // What comes through an import that is unknown may have the name or not.
  const isTaken = found.kind !== "unknown" && found.kind !== "silent";
  if (isTaken) context.findings.report(problems.labelTaken, body.name, label);
  const isTwice = place.block.hasLabel(label);
  if (isTwice) context.findings.report(problems.labelTwice, body.name, label);
}
