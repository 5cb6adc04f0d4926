/** An address and what it asks for are read now rather than when the first request comes. */
import { type CanonicalValue, isEndpoint, parseEndpoint } from "@polyglot/contracts";
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
  // A path that is missing, or is no literal, is reported already.
  if (!isEndpoint(entry.name) || values["path"] === undefined) return;
  const parsed = parseEndpoint(entry.name, values);
  if (!("fault" in parsed)) return;
  const { argument, allowed, seen } = parsed.fault;
  const at = argumentFor(argument, node.io, chooseParameters(node, entry))?.value ?? node;
  context.findings.report(problems.wrongValue, at, `'${argument}'`, allowed, seen);
}

/** The names of a path are fields of the context too, after those that every request has. */
export function withPathNames(entry: LibraryEntry, values: Readonly<Record<string, CanonicalValue>>): LibraryEntry {
  const parsed = isEndpoint(entry.name) ? parseEndpoint(entry.name, values) : undefined;
  if (parsed === undefined || "fault" in parsed) return entry;
  const names = parsed.value.parts.flatMap((part) => ("parameter" in part ? [part.parameter] : []));
  return { ...entry, results: [...entry.results, ...names.map((name) => ({ name, type: "pg\\string" }))] };
}
