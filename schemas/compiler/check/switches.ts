/** `[?]` lines: each is tested when it is reached. */
import type { SwitchStep } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { BodyOf, CallNode, ValueNode } from "../syntax/tree.ts";
import { checkCall } from "./call.ts";
import { createCallStep } from "./checked-call.ts";
import type { CheckContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import type { LineGroup } from "./group-lines.ts";
import { checkHandlers } from "./handlers.ts";
import { checkBlock, checkPhase, handlersOf } from "./steps.ts";
import { shapeOfType, typesConvert } from "./types.ts";

/** The `[?]` lines of a run of siblings so far: what each compares, and its node. */
export type SwitchRun = { readonly compared: string | undefined; readonly node: string }[];

interface Place {
  readonly node: string;
  readonly waits: readonly string[];
  readonly run: SwitchRun;
}

export function checkSwitch(group: LineGroup, place: Place, context: CheckContext): SwitchStep | undefined {
  const { line } = group;
  const { node, run } = place;
  const { body } = line;
  if (body?.kind !== "call") reportHandlers(group, context);
  const test =
    body?.kind === "call"
      ? checkCallTest(body, group, place, context)
      : body?.kind === "compare"
        ? checkComparison(body, run, context)
        : undefined;
  if (body?.kind === "compare" && body.right !== "default") run.push({ compared: comparedName(body.left), node });
  const untaken = context.scope.mark();
  const check = body?.kind === "call" ? checkBlock : checkPhase;
  const { steps, exits } = context.dependencies.nested(() => check(line.children, node, context));
  if (exits) context.scope.restore(untaken);
  const after = [...new Set([...context.dependencies.endStep(node), ...place.waits])];
  return test && { kind: "switch", node, after, test, body: steps };
}

/** Only a `[?]` with a call is a step. */
function reportHandlers(group: LineGroup, context: CheckContext): void {
  for (const handler of group.handlers) context.findings.report(problems.handlesNothing, handler.head);
}

/** Fields are part of what is compared; other values than variables are compared with nothing by name. */
function comparedName(left: ValueNode): string | undefined {
  return left.kind === "variable" ? [left.name, ...left.path].join(".") : undefined;
}

function checkComparison(
  body: BodyOf<"compare">,
  run: SwitchRun,
  context: CheckContext,
): SwitchStep["test"] | undefined {
  const left = checkValue(body.left, context);
  if (body.right === "default") return checkDefault(body, run, context);
  const right = checkValue(body.right, context);
  const isNone = body.right.kind === "none";
  const isRange = shapeOfType(right.type).kind === "range";
  const wanted = isRange ? "pg\\float" : left.type;
  const from = isRange ? left.type : right.type;
  if (!isNone && !typesConvert(from, wanted))
    context.findings.report(problems.noConverter, body.right, "this value", from, wanted);
  return { kind: "equal", left: left.value, right: right.value, type: left.type };
}

function checkDefault(body: BodyOf<"compare">, run: SwitchRun, context: CheckContext): SwitchStep["test"] | undefined {
  const name = comparedName(body.left);
  const of = run.filter((item) => name !== undefined && item.compared === name).map((item) => item.node);
  if (of.length > 0) return { kind: "default", of };
  context.findings.report(problems.defaultAlone, body);
  return undefined;
}

/** The first result is the answer. */
function checkCallTest(
  body: CallNode,
  group: LineGroup,
  { node }: Place,
  context: CheckContext,
): SwitchStep["test"] | undefined {
  const before = context.scope.mark();
  const call = checkCall(body, context, "test");
  const handlers = checkHandlers(handlersOf(group), { node, before }, context);
  if (call === undefined) return undefined;
  const answer = call.types === undefined ? undefined : (call.types[0] ?? "py\\None");
  if (answer !== undefined && !typesConvert(answer, "pg\\bool")) {
    context.findings.report(problems.noConverter, body.name, "the first result", answer, "pg\\bool");
  }
  return { kind: "call", call: createCallStep(`${node}.test`, [], call, handlers) };
}
