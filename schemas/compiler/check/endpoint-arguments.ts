/** What endpoints and sources of messages ask for is read now rather than when the first request or message comes. */
import {
  type CanonicalValue,
  type ArgumentFault,
  isEndpoint,
  isMessageSource,
  parseEndpoint,
  parseMessageSource,
} from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";

export function checkEndpoint(
  node: CallNode,
  entry: LibraryEntry,
  values: Readonly<Record<string, CanonicalValue>>,
  context: CheckContext,
): void {
  // A first argument that is missing, or is no literal, is reported already.
  const [first] = chooseParameters(node, entry);
  if (first === undefined || values[first.name] === undefined) return;
  const fault = faultOf(entry.name, values);
  if (fault === undefined) return;
  const { argument, allowed, seen } = fault;
  const at = argumentFor(argument, node.io, chooseParameters(node, entry))?.value ?? node;
  context.findings.report(problems.wrongValue, at, `'${argument}'`, allowed, seen);
}

function faultOf(name: string, values: Readonly<Record<string, CanonicalValue>>): ArgumentFault | undefined {
  if (isEndpoint(name)) {
    const parsed = parseEndpoint(name, values);
    return "fault" in parsed ? parsed.fault : undefined;
  }
  if (!isMessageSource(name)) return undefined;
  const parsed = parseMessageSource(name, values);
  return "fault" in parsed ? parsed.fault : undefined;
}

/** The names of a path are fields of the context too, after those that every request has. */
export function withPathNames(entry: LibraryEntry, values: Readonly<Record<string, CanonicalValue>>): LibraryEntry {
  const parsed = isEndpoint(entry.name) ? parseEndpoint(entry.name, values) : undefined;
  if (parsed === undefined || "fault" in parsed) return entry;
  const names = parsed.value.parts.flatMap((part) => ("parameter" in part ? [part.parameter] : []));
  return { ...entry, results: [...entry.results, ...names.map((name) => ({ name, type: "pg\\string" }))] };
}
