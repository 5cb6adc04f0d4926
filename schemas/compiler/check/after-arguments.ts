import type { CanonicalValue } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";

const outcomes: readonly CanonicalValue[] = ["succeeded", "failed", "any"];

/** Which outcomes of another pipeline count is read now rather than when it never starts. */
export function checkAfter(
  node: CallNode,
  entry: LibraryEntry,
  { outcome }: Readonly<Record<string, CanonicalValue>>,
  context: CheckContext,
): void {
  if (entry.name !== "T.Polyglot.Pipeline.Completed" || outcome === undefined || outcomes.includes(outcome)) return;
  const at = argumentFor("outcome", node.io, chooseParameters(node, entry))?.value ?? node;
  context.findings.report(
    problems.wrongValue,
    at,
    "'outcome'",
    '"succeeded", "failed" or "any"',
    JSON.stringify(outcome),
  );
}
