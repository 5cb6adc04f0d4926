/** What a condition trigger says of limits and times is read now rather than when it never holds. */
import { type CanonicalValue, parseConditionOptions, parseThreshold } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";

export function checkCondition(
  node: CallNode,
  entry: LibraryEntry,
  values: Readonly<Record<string, CanonicalValue>>,
  context: CheckContext,
): void {
  if (entry.kind !== "condition") return;
  const parameters = chooseParameters(node, entry);
  // What is missing, or is no literal, is reported already.
  if (parameters.some(({ name, isOptional }) => !isOptional && values[name] === undefined)) return;
  const found = [parseConditionOptions(entry.name, values), parseThreshold(entry.name, values)];
  for (const parsed of found) {
    if (parsed === undefined || !("fault" in parsed)) continue;
    const { option, allowed } = parsed.fault;
    const named = node.io.find((item) => item.kind === "argument" && item.name?.text === option);
    const argument = argumentFor(option, node.io, parameters) ?? named;
    const at = argument?.kind === "argument" ? argument.value : node;
    context.findings.report(problems.wrongValue, at, `'${option}'`, allowed, JSON.stringify(values[option]));
    return;
  }
}
