/** What an event trigger says of bursts, batches and keys is read now rather than when an event comes. */
import { type CanonicalValue, hasEventOptions, parseEventOptions } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";

export function checkEventOptions(
  node: CallNode,
  entry: LibraryEntry,
  values: Readonly<Record<string, CanonicalValue>>,
  context: CheckContext,
): void {
  if (entry.kind !== "event" || !hasEventOptions(values)) return;
  const parsed = parseEventOptions(
    values,
    entry.results.map((field) => field.name),
  );
  if (!("fault" in parsed)) return;
  const { option, allowed } = parsed.fault;
  const argument = node.io.find((item) => item.kind === "argument" && item.name?.text === option);
  const at = argument?.kind === "argument" ? argument.value : node;
  context.findings.report(problems.wrongValue, at, `'${option}'`, allowed, JSON.stringify(values[option]));
}
