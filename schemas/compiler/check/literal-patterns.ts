/** A pattern that stands in the text is compiled now rather than at the thousandth run. */
import { RE2JS } from "re2js";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";
import { literalOf } from "./literal.ts";

const takesPattern: ReadonlySet<string> = new Set(["U.String.Matches"]);

/** Characters; agents have the same limit. */
const maxPatternLength = 1000;

export function checkPatterns(node: CallNode, entry: LibraryEntry, context: CheckContext): void {
  if (!takesPattern.has(entry.name)) return;
  const argument = argumentFor("pattern", node.io, chooseParameters(node, entry));
  const pattern = argument === undefined ? undefined : literalOf(argument.value);
  if (argument === undefined || typeof pattern !== "string") return;
  const why = faultOf(pattern);
  if (why !== undefined) context.findings.report(problems.badPattern, argument.value, why);
}

function faultOf(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength) return `it has ${pattern.length} characters, and may have ${maxPatternLength}`;
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
