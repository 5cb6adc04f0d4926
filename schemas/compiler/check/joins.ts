/** `[j]`: takes the open branches of its block, or those that bind the names that it is given. */
import type { JoinStep, Result } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { findLibraryEntry } from "../stdlib/registry.ts";
import type { CallNode, IoNode } from "../syntax/tree.ts";
import type { Branch, BranchBlock } from "./branch-block.ts";
import type { CheckContext } from "./context.ts";
import { checkValue } from "./expression.ts";
import type { LineGroup } from "./group-lines.ts";
import { checkHandlers } from "./handlers.ts";
import { bindVariable } from "./results.ts";
import { handlersOf } from "./steps.ts";
import { typesConvert } from "./types.ts";

interface Place {
  readonly node: string;
  readonly waits: readonly string[];
  readonly block: BranchBlock;
}

const modes = { JoinAll: "all", JoinFirst: "first", JoinLast: "last", JoinNth: "nth" } as const;

export function checkJoin(group: LineGroup, place: Place, context: CheckContext): JoinStep | undefined {
  const body = group.line.body;
  if (body?.kind !== "call") return undefined;
  const entry = body.space === undefined ? findLibraryEntry(body.name.text) : undefined;
  if (entry?.kind !== "join") {
    context.findings.report(problems.wrongCall, body.name, "[j]", "|Join…", body.name.text);
    joinAll(place.block);
    return undefined;
  }
  const mode = modes[entry.name as keyof typeof modes];
  const before = context.scope.mark();
  const given = body.io.filter((item) => item.kind === "argument");
  const count = mode === "nth" ? checkCount(given.shift(), body, context) : undefined;
  const taken = takeBranches(given, place.block, body, context);
  for (const branch of taken) place.block.join(branch);
  if (mode === "first" || mode === "nth") loseNames(taken, context);
  const result = checkResult(body, mode, taken, context);
  const handlers = checkHandlers(handlersOf(group), { node: place.node, before }, context);
  const forks = taken.map((branch) => branch.node);
  const after = [...new Set([...forks, ...context.dependencies.endStep(place.node), ...place.waits])];
  return {
    kind: "join",
    node: place.node,
    after,
    mode,
    ...(count && { count }),
    forks,
    ...(result && { result }),
    handlers,
  };
}

/** What a join in error might have meant, so that no branch is reported as never joined. */
export function joinAll(block: BranchBlock): void {
  for (const branch of block.open) if (!branch.isBackground) block.join(branch);
}

type ArgumentNode = IoNode & { kind: "argument" };

function checkCount(given: ArgumentNode | undefined, body: CallNode, context: CheckContext) {
  const isNamed = given?.name !== undefined && given.name.text !== "n";
  if (given === undefined || isNamed) {
    context.findings.report(problems.joinCount, given ?? body.name);
    return undefined;
  }
  const { value, type } = checkValue(given.value, context);
  const isBad = value.kind === "literal" && !(typeof value.value === "number" && value.value >= 1);
  if (isBad || !typesConvert(type, "pg\\int")) context.findings.report(problems.joinCount, given);
  return value;
}

function takeBranches(
  given: readonly ArgumentNode[],
  block: BranchBlock,
  body: CallNode,
  context: CheckContext,
): Branch[] {
  const open = [...block.open].filter((branch) => !branch.isBackground);
  if (open.length === 0) context.findings.report(problems.joinsNothing, body.name);
  if (given.length === 0) return open;
  const taken = new Set(given.flatMap((item) => branchOf(item, open, context)));
  return open.filter((branch) => taken.has(branch));
}

function branchOf(item: ArgumentNode, open: readonly Branch[], context: CheckContext): Branch[] {
  const { value } = item;
  const name = value.kind === "variable" && value.path.length === 0 ? value.name : undefined;
  const branch = open.find((candidate) => name !== undefined && candidate.names.has(name));
  if (branch !== undefined) {
    noteUse(name, context);
    return [branch];
  }
  if (open.length === 0) return [];
  const known = open.flatMap((candidate) => [...candidate.names]);
  context.findings.report(problems.joinUnknown, item, name ?? "this", name && context.findings.nearest(name, known));
  return [];
}

/** A name that tells a join its branch cannot be left out. */
function noteUse(name: string | undefined, context: CheckContext): void {
  const variable = name === undefined ? undefined : context.scope.variable(name);
  if (variable !== undefined) variable.used = true;
}

/** Branches that were cancelled have not bound what they would have. */
function loseNames(taken: readonly Branch[], context: CheckContext): void {
  for (const branch of taken) for (const name of branch.names) context.scope.lose(name);
}

function checkResult(
  body: CallNode,
  mode: JoinStep["mode"],
  taken: readonly Branch[],
  context: CheckContext,
): Result | undefined {
  const [first, second] = body.io.filter((item) => item.kind === "result");
  if (first === undefined) return undefined;
  const text = `|${body.name.text}`;
  if (mode === "all") {
    context.findings.report(problems.tooManyResults, first, text, 0, 1);
    return undefined;
  }
  if (second !== undefined) context.findings.report(problems.tooManyResults, second, text, 1, 2);
  const types = new Set(taken.map((branch) => branch.firstType ?? "pg\\any"));
  const [only = "pg\\any"] = types;
  const from = types.size === 1 ? only : "pg\\any";
  return first.name === undefined ? undefined : bindVariable(first.name, first.type, from, context);
}
