/** The lines of a phase to the steps of the plan. */
import type { AssignStep, CallStep, Handler, Step } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { elementText } from "../syntax/element.ts";
import type { AssignNode, CallNode, LineNode } from "../syntax/tree.ts";
import { checkCall } from "./callee.ts";
import type { CheckContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import { groupLines, type LineGroup } from "./group-lines.ts";
import { bindUnknown, bindVariable } from "./results.ts";

/** Answers the steps that could be checked; `prefix` and a line's index among its siblings name its node. */
export function checkBlock(lines: readonly LineNode[], prefix: string, context: CheckContext): Step[] {
  const { leading, groups } = groupLines(lines);
  for (const line of leading) context.findings.report(problems.handlesNothing, line.head);
  return groups.flatMap((group, index) => {
    const step = checkGroup(group, `${prefix}.${index}`, context);
    return step === undefined ? [] : [step];
  });
}

function checkGroup(group: LineGroup, node: string, context: CheckContext): Step | undefined {
  const { line } = group;
  context.place(node, line.head);
  if (line.inError) {
    bindUnknown(line.recovered, context);
    return undefined;
  }
  const handlers = groupLines(line.children).leading.concat(group.handlers);
  for (const handler of handlers) context.findings.report(problems.notSupported, handler.head, "an error handler");
  switch (line.element) {
    case "setup":
    case "run":
    case "clean":
      return checkStep(line.body, node, [], context);
    default:
      return reportOpen(line, context);
  }
}

function reportOpen(line: LineNode, context: CheckContext): undefined {
  context.findings.report(problems.notSupported, line.head, elementText(line.element));
  const bound = line.body?.kind === "call" ? line.body.io : [];
  bindUnknown(
    bound.flatMap((item) => (item.kind === "result" && item.name !== undefined ? [item.name] : [])),
    context,
  );
}

function checkStep(
  body: LineNode["body"],
  node: string,
  handlers: Handler[],
  context: CheckContext,
): CallStep | AssignStep | undefined {
  if (body?.kind === "call") return checkCallStep(body, node, handlers, context);
  return body?.kind === "assign" ? checkAssignment(body, node, context) : undefined;
}

function checkCallStep(body: CallNode, node: string, handlers: Handler[], context: CheckContext): CallStep | undefined {
  for (const item of body.io) {
    if (item.kind === "after") context.findings.report(problems.unknownLabel, item.label, item.label.text);
  }
  const call = checkCall(body, context);
  const after = context.dependencies.endStep(node);
  return call && { kind: "call", node, after, ...call, handlers };
}

function checkAssignment(body: AssignNode, node: string, context: CheckContext): AssignStep {
  const { value, type } = checkValue(body.value, context);
  const result = bindVariable(body.name, body.type, type, context);
  return { kind: "assign", node, after: context.dependencies.endStep(node), value, result };
}
