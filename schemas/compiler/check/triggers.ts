/** `[t]` lines to registrations, and what of their context goes into which input. */
import {
  canonicalJson,
  type CanonicalValue,
  type PlanInput,
  sha256,
  type TriggerRegistration,
} from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { sizes } from "../source/sizes.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import { findLibraryEntry } from "../stdlib/registry.ts";
import type { PipelineNode } from "../syntax/file-tree.ts";
import type { CallNode, LineNode } from "../syntax/tree.ts";
import { constantArguments } from "./constant-arguments.ts";
import { checkEndpoint, withPathNames } from "./endpoint-arguments.ts";
import { noteLibraryUse } from "./library-call.ts";
import type { CheckContext } from "./context.ts";
import { reportUnknownLibraryName } from "./library-name.ts";
import { checkAfter } from "./after-arguments.ts";
import { checkCondition } from "./condition-options.ts";
import { checkEventOptions } from "./event-options.ts";
import { checkFileWatch } from "./file-arguments.ts";
import { checkSchedule } from "./schedule-arguments.ts";
import { InputFiller, type Registered } from "./fill-inputs.ts";

export function checkTriggers(
  pipeline: PipelineNode,
  inputs: readonly PlanInput[],
  context: CheckContext,
): TriggerRegistration[] {
  if (pipeline.triggers.length === 0) {
    context.findings.report(problems.noTrigger, pipeline.head, pipeline.name.text);
    return [];
  }
  const superfluous = [...linesUnder(pipeline.triggers)][sizes.triggers];
  if (superfluous !== undefined) {
    const seen = countTriggers(pipeline.triggers);
    context.findings.report(problems.tooLarge, superfluous.head, "the pipeline", seen, "triggers", sizes.triggers);
    return [];
  }
  const registered = registerAll(pipeline.triggers, context);
  reportCallWithOthers(registered, context);
  const filler = new InputFiller(inputs, pipeline, context);
  filler.fill(registered);
  if (countTriggers(pipeline.triggers) === countRegistered(registered)) filler.reportMissing();
  return registered.map((item) => item.registration);
}

function* linesUnder(lines: readonly LineNode[]): Iterable<LineNode> {
  for (const line of lines) {
    yield line;
    yield* linesUnder(line.children);
  }
}

/** A trigger in error may fill what is missing. */
function countTriggers(lines: readonly LineNode[]): number {
  return lines.reduce((sum, line) => sum + 1 + countTriggers(line.children), 0);
}

function countRegistered(items: readonly Registered[]): number {
  return items.reduce((sum, item) => sum + 1 + countRegistered(item.any), 0);
}

function registerAll(lines: readonly LineNode[], context: CheckContext): Registered[] {
  const registered = lines.flatMap((line) => register(line, context));
  reportDoubles(registered, context);
  return registered;
}

function register(line: LineNode, context: CheckContext): Registered[] {
  if (line.body?.kind !== "call") return [];
  const node = line.body;
  const entry = node.space === undefined ? findLibraryEntry(node.name.text) : undefined;
  if (entry === undefined) reportUnknownLibraryName(node, "[t]", "|T.…", context);
  else if (entry.kind === "any-trigger") return [createAny(node, entry, line.children, context)];
  else if (entry.kind !== "event" && entry.kind !== "condition") {
    context.findings.report(problems.wrongCall, node.name, "[t]", "|T.…", node.name.text);
  } else return [createRegistration(node, entry, context)];
  return [];
}

function createAny(node: CallNode, entry: LibraryEntry, lines: readonly LineNode[], context: CheckContext): Registered {
  noteLibraryUse(node, entry, context);
  constantArguments(node, entry, context);
  if (lines.length === 0) context.findings.report(problems.emptyAny, node);
  const any = registerAll(lines, context);
  const nested = any.map((item) => item.registration);
  const key = triggerKey(
    entry.name,
    nested.map((item) => item.key),
  );
  context.place(key, node);
  return {
    entry,
    node,
    any,
    registration: { key, name: entry.name, kind: "any", arguments: {}, bindings: [], any: nested },
  };
}

function createRegistration(node: CallNode, entry: LibraryEntry, context: CheckContext): Registered {
  noteLibraryUse(node, entry, context);
  const values = constantArguments(node, entry, context);
  checkSchedule(node, entry, values, context);
  checkEndpoint(node, entry, values, context);
  checkAfter(node, entry, values, context);
  checkFileWatch(node, entry, values, context);
  checkEventOptions(node, entry, values, context);
  checkCondition(node, entry, values, context);
  const key = triggerKey(entry.name, values);
  context.place(key, node);
  const kind = entry.kind === "condition" ? "condition" : "event";
  return {
    entry: withPathNames(entry, values),
    node,
    any: [],
    registration: { key, name: entry.name, kind, arguments: values, bindings: [], any: [] },
  };
}

/** Stable while name and arguments are: the last word of the name and twelve digits of a digest over both. */
function triggerKey(name: string, values: CanonicalValue): string {
  const kind = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return `${kind}-${sha256(canonicalJson([name, values])).slice("sha256:".length, "sha256:".length + 12)}`;
}

function reportDoubles(registered: readonly Registered[], context: CheckContext): void {
  const seen = new Set<string>();
  for (const { registration, node } of registered) {
    if (seen.has(registration.key)) context.findings.report(problems.duplicateSetting, node, node.name.text);
    seen.add(registration.key);
  }
}

/** `|T.Any` is an event trigger if one under it is. */
function isEvent(item: Registered): boolean {
  return item.entry.kind === "event" || item.any.some(isEvent);
}

function reportCallWithOthers(registered: readonly Registered[], context: CheckContext): void {
  const isCall = (item: Registered): boolean => item.entry.name === "T.Polyglot.Pipeline.Called";
  if (registered.some(isCall)) reportConditions(registered, context);
  const other = registered.find((item) => !isCall(item) && isEvent(item));
  if (other !== undefined && registered.some(isCall)) context.findings.report(problems.callNotAlone, other.node);
}

/** Steps that call the pipeline do not test them yet. */
function reportConditions(registered: readonly Registered[], context: CheckContext): void {
  for (const item of registered) {
    if (item.entry.kind === "condition") noteLibraryUse(item.node, { name: item.entry.name, since: null }, context);
    reportConditions(item.any, context);
  }
}
