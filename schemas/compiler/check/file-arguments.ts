import { type CanonicalValue, isFileWatch, pollMsOf } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";

/** How often a folder is looked at is read now rather than when nothing is seen of it. */
export function checkFileWatch(
  node: CallNode,
  entry: LibraryEntry,
  values: Readonly<Record<string, CanonicalValue>>,
  context: CheckContext,
): void {
  if (!isFileWatch(entry.name) || pollMsOf(values) !== undefined) return;
  const at = argumentFor("poll", node.io, chooseParameters(node, entry))?.value ?? node;
  const seen = JSON.stringify(values["poll"]);
  context.findings.report(problems.wrongValue, at, "'poll'", "a duration from one second to one hour", seen);
}
