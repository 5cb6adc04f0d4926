/** Calls of the standard library. */
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { matchArguments } from "./arguments.ts";
import { checkCalledPipeline } from "./called-pipeline.ts";
import { type CheckedCall, skipCall } from "./checked-call.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";
import { checkPatterns } from "./literal-patterns.ts";
import { checkNamedPipeline } from "./named-pipeline.ts";
import { bindResults } from "./results.ts";

/** In a `[?]` line the present state of a condition trigger may be asked. */
export type Use = "step" | "test";

/** Look at the error of a handler, or run its failed step again. */
const needsHandler = /^U\.Error\.(?:Retry(?:WithBackoff)?|Handle\.\w+)$/;

const belongsIn: Partial<Record<LibraryEntry["kind"], string>> = {
  event: "[t]",
  condition: "[t]",
  "any-trigger": "[t]",
  setting: "[Q]",
  wrapper: "[w]",
  requirement: "[w]",
  join: "[j]",
  exit: "[x]",
};

export function checkLibraryCall(
  node: CallNode,
  entry: LibraryEntry,
  use: Use,
  context: CheckContext,
): CheckedCall | undefined {
  if (entry.kind === "condition" && use === "test") return checkConditionTest(node, entry, context);
  const place = belongsIn[entry.kind];
  if (place !== undefined) {
    context.findings.report(problems.notAStep, node.name, node.name.text, place);
    return skipCall(node, context);
  }
  noteLibraryUse(node, entry, context);
  const isStray = needsHandler.test(entry.name) && !context.isInHandler;
  if (isStray) context.findings.report(problems.handlerOnly, node.name, node.name.text);
  const canAsk = context.isInRunPhase && !context.isInBackground;
  if (entry.name === "U.Approve" && !canAsk) context.findings.report(problems.asksNobody, node.name, node.name.text);
  const text = `|${node.name.text}`;
  const parameters = chooseParameters(node, entry);
  const matched = matchArguments(node.io, { text, at: node.name, parameters }, context);
  checkPatterns(node, entry, context);
  const pipeline = checkNamedPipeline(node, entry, matched, context);
  if (entry.name === "U.Call") checkCalledPipeline(node, entry, context);
  const types = entry.results.map((result) => result.type);
  const results = bindResults(node.io, { text, types, anything: "pg\\any" }, context);
  const target = { kind: "library", name: entry.name, ...(pipeline && { pipeline_id: pipeline }) } as const;
  return { target, arguments: matched, results, types };
}

/** The present state: how long it has been so is for a trigger to watch. */
function checkConditionTest(node: CallNode, entry: LibraryEntry, context: CheckContext): CheckedCall {
  noteLibraryUse(node, { name: entry.name, since: testedSinceOf(entry) }, context);
  const text = `|${node.name.text}`;
  const matched = matchArguments(node.io, { text, at: node.name, parameters: chooseParameters(node, entry) }, context);
  const types = ["pg\\bool"];
  const results = bindResults(node.io, { text, types, anything: "pg\\any" }, context);
  return { target: { kind: "library", name: entry.name }, arguments: matched, results, types };
}

/** From which version its present state may be asked for. */
export const testedSinceOf = ({ since, testedSince }: LibraryEntry): string | null =>
  testedSince === undefined ? since : testedSince;

export function noteLibraryUse(
  node: CallNode,
  entry: Pick<LibraryEntry, "name" | "since">,
  context: CheckContext,
): void {
  if (entry.since !== null) return;
  context.unimplemented.add(entry.name);
  context.findings.report(problems.notImplemented, node.name, node.name.text);
}
