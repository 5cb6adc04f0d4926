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

type EqualTest = SwitchStep["test"] & { kind: "equal" };

/** The `[?]` lines on one variable in a run of siblings. */
interface SwitchRow {
  /** The first of them. */
  readonly node: string;
  /** Those that no default has needed so far: only what one looks at says that it belongs to a row. */
  readonly unnamed: EqualTest[];
}

/** The `[?]` lines of a run of siblings so far, by what they compare. */
export type SwitchRun = Map<string, SwitchRow>;

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
        ? checkComparison(body, node, run, context)
        : undefined;
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

/** Fields are part of what is compared; other values than variables are compared with nothing by name, so they are in no row. */
function comparedName(left: ValueNode): string | undefined {
  return left.kind === "variable" ? [left.name, ...left.path].join(".") : undefined;
}

function checkComparison(
  body: BodyOf<"compare">,
  node: string,
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
  const test: EqualTest = { kind: "equal", left: left.value, right: right.value, type: left.type };
  addToRow(comparedName(body.left), node, test, run);
  return test;
}

function addToRow(name: string | undefined, node: string, test: EqualTest, run: SwitchRun): void {
  if (name === undefined) return;
  const row = run.get(name) ?? { node, unnamed: [] };
  row.unnamed.push(test);
  run.set(name, row);
}

function checkDefault(body: BodyOf<"compare">, run: SwitchRun, context: CheckContext): SwitchStep["test"] | undefined {
  const name = comparedName(body.left);
  const row = name === undefined ? undefined : run.get(name);
  if (row === undefined) {
    context.findings.report(problems.defaultAlone, body);
    return undefined;
  }
  for (const test of row.unnamed.splice(0)) test.row = row.node;
  return { kind: "default", row: row.node };
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
