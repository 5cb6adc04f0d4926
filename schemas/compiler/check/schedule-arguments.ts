/** A schedule that stands in the text is read now rather than when it should be due. */
import type { CanonicalValue } from "@polyglot/contracts";
import { isSchedule, nextTime, parseSchedule } from "@polyglot/contracts/schedule";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";

/** Any time: a cron expression that has no time after it has none at all. */
const anyTime = Date.UTC(2026, 0, 1);

export function checkSchedule(
  node: CallNode,
  entry: LibraryEntry,
  values: Readonly<Record<string, CanonicalValue>>,
  context: CheckContext,
): void {
  if (!isSchedule(entry.name)) return;
  const parameters = chooseParameters(node, entry);
  // What is missing, or is no literal, is reported already.
  if (parameters.some(({ name, isOptional }) => !isOptional && values[name] === undefined)) return;
  const parsed = parseSchedule(entry.name, values);
  if (parsed === undefined) return;
  if ("fault" in parsed) {
    const { argument, allowed, seen } = parsed.fault;
    const at = argumentFor(argument, node.io, parameters)?.value ?? node;
    context.findings.report(problems.wrongValue, at, `'${argument}'`, allowed, seen);
  } else if (parsed.value.when.kind === "cron" && nextTime(parsed.value, anyTime, anyTime) === undefined) {
    const at = argumentFor("expression", node.io, parameters)?.value ?? node;
    context.findings.report(problems.wrongValue, at, "'expression'", "a time that comes", parsed.value.when.expression);
  }
}
