/** The lines of a block to the steps of the plan. */
import type { AssignStep, CallStep, ExitStep, Handler, OutputStep, Step } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { type ElementKind, elementText } from "../syntax/element.ts";
import { isInlineBranch } from "../syntax/placement.ts";
import type { AssignNode, CallNode, LineNode } from "../syntax/tree.ts";
import { BranchBlock } from "./branch-block.ts";
import { checkBranch } from "./branches.ts";
import { checkCall } from "./call.ts";
import { createCallStep } from "./checked-call.ts";
import type { CheckContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import { groupLines, type LineGroup } from "./group-lines.ts";
import { checkHandlers } from "./handlers.ts";
import { checkJoin, joinAll } from "./joins.ts";
import { checkNestedOutput } from "./outputs.ts";
import { bindDescendants, bindVariable } from "./results.ts";
import type { Mark } from "./scope.ts";
import { checkSwitch, type SwitchRun } from "./switches.ts";
import { typesConvert } from "./types.ts";
import { StartOrder } from "./start-order.ts";
import { valueText } from "./value-text.ts";

export interface CheckedBlock {
  readonly steps: Step[];
  /** The run ends in it on every path: nothing after it is reached from it. */
  readonly exits: boolean;
}

/** `prefix` and a line's index among its siblings name its node. `[!]` lines before any other belong to the parent. */
export function checkBlock(lines: readonly LineNode[], prefix: string, context: CheckContext): CheckedBlock {
  return new BlockChecker(prefix, context).check(groupLines(lines).groups);
}

/** A phase, or lines under something that is no step: `[!]` lines before any other handle nothing. */
export function checkPhase(lines: readonly LineNode[], prefix: string, context: CheckContext): CheckedBlock {
  for (const line of groupLines(lines).leading) context.findings.report(problems.handlesNothing, line.head);
  return checkBlock(lines, prefix, context);
}

const plainSteps: ReadonlySet<ElementKind> = new Set(["setup", "run", "clean"]);

class BlockChecker {
  readonly #prefix: string;
  readonly #context: CheckContext;
  readonly #branches = new BranchBlock();
  readonly #steps: Step[] = [];
  readonly #switchRun: SwitchRun = new Map();
  #order: StartOrder;
  #exits = false;

  constructor(prefix: string, context: CheckContext) {
    this.#prefix = prefix;
    this.#context = context;
    this.#order = new StartOrder([], prefix);
  }

  check(groups: readonly LineGroup[]): CheckedBlock {
    const { scope } = this.#context;
    this.#order = new StartOrder(
      groups.map((group) => group.line),
      this.#prefix,
    );
    scope.blocks.push(this.#branches);
    for (const [index, group] of groups.entries()) this.#group(group, `${this.#prefix}.${index}`);
    scope.blocks.pop();
    for (const [name, branch] of this.#branches.backgroundOwners()) scope.blocks.at(-1)?.own(name, branch);
    this.#order.reportCircles(this.#context);
    if (!this.#exits) this.#reportOpenBranches();
    return { steps: this.#steps, exits: this.#exits };
  }

  #reportOpenBranches(): void {
    for (const branch of this.#branches.open) {
      if (!branch.isBackground) this.#context.findings.report(problems.notJoined, branch.at, branch.label);
    }
  }

  #group(group: LineGroup, node: string): void {
    const { line } = group;
    this.#context.place(node, line.head);
    if (this.#exits) this.#context.findings.report(problems.unreachable, line.head);
    if (line.element !== "switch") this.#switchRun.clear();
    if (line.inError) return this.#recover(group, node);
    const step = this.#step(group, node);
    if (step === undefined) return;
    this.#order.add(step);
    this.#steps.push(step);
  }

  /** A line in error binds what it would, and what stands under a switch is checked all the same. */
  #recover({ line, handlers }: LineGroup, node: string): void {
    if (line.element === "join") joinAll(this.#branches);
    if (line.element === "switch") checkBlock(line.children, node, this.#context);
    bindDescendants(line, this.#context);
    for (const handler of handlers) bindDescendants(handler, this.#context);
  }

  #step(group: LineGroup, node: string): Step | undefined {
    const { line } = group;
    const context = this.#context;
    const waits = this.#order.waitsOf(line, context);
    const place = { node, waits, block: this.#branches, isInline: isInlineBranch(line), run: this.#switchRun };
    if (plainSteps.has(line.element)) return checkStep(group, node, waits, context);
    if (line.element === "fork" || line.element === "back") return checkBranch(group, place, context);
    if (line.element === "join") return checkJoin(group, place, context);
    if (line.element === "switch") return checkSwitch(group, place, context);
    this.#reportHandlers(group);
    return this.#ending(line, node);
  }

  /** `[o]` and `[x]` are no steps, so nothing of them can be handled. */
  #reportHandlers(group: LineGroup): void {
    for (const handler of group.handlers) this.#context.findings.report(problems.handlesNothing, handler.head);
  }

  #ending(line: LineNode, node: string): OutputStep | ExitStep | undefined {
    if (line.element === "output") return checkNestedOutput(line, node, this.#context);
    if (line.element !== "exit" || line.body?.kind !== "call") return undefined;
    this.#exits = true;
    return checkExit(line.body, node, this.#context);
  }
}

function checkStep(
  group: LineGroup,
  node: string,
  waits: readonly string[],
  context: CheckContext,
): CallStep | AssignStep | undefined {
  const { body } = group.line;
  const before = context.scope.mark();
  if (body?.kind === "call") {
    const call = checkCall(body, context);
    const handlers = checkHandlers(handlersOf(group), { node, before }, context);
    const after = [...new Set([...context.dependencies.endStep(node), ...waits])];
    return call && createCallStep(node, after, call, handlers);
  }
  return body?.kind === "assign" ? checkAssignment(body, { group, node, before }, context) : undefined;
}

/** Handlers that are nested in a step come before those that follow it. */
export function handlersOf(group: LineGroup): LineNode[] {
  return [...groupLines(group.line.children).leading, ...group.handlers];
}

function checkAssignment(
  body: AssignNode,
  { group, node, before }: { group: LineGroup; node: string; before: Mark },
  context: CheckContext,
): AssignStep {
  const { value, type } = checkValue(body.value, context);
  const result = bindVariable(body.name, body.type, type, context);
  const handlers: Handler[] = checkHandlers(handlersOf(group), { node, before }, context);
  const after = context.dependencies.endStep(node);
  return { kind: "assign", node, after, value, result, ...(handlers.length > 0 && { handlers }) };
}

/** `[x] |Exit << code`: an integer from 0. */
function checkExit(node: CallNode, name: string, context: CheckContext): ExitStep | undefined {
  if (node.space !== undefined || node.name.text !== "Exit") {
    context.findings.report(problems.wrongCall, node.name, elementText("exit"), "|Exit", node.name.text);
    return undefined;
  }
  const [given, second] = node.io;
  if (second !== undefined || (given !== undefined && given.kind !== "argument")) {
    const seen = second ?? given ?? node;
    context.findings.report(problems.tooManyArguments, seen, "|Exit", 1, node.io.length);
  }
  const zero = { value: { kind: "literal", value: 0, type: "pg\\int" }, type: "pg\\int" } as const;
  const code = given?.kind === "argument" ? checkValue(given.value, context) : zero;
  const isBad = code.value.kind === "literal" && !(typeof code.value.value === "number" && code.value.value >= 0);
  if (given !== undefined && (isBad || !typesConvert(code.type, "pg\\int"))) {
    const seen = code.value.kind === "literal" ? valueText(code.value.value) : code.type;
    context.findings.report(problems.exitCode, given, seen);
  }
  return { kind: "exit", node: name, after: context.dependencies.endStep(name), code: code.value };
}
