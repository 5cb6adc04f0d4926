import type { LibraryEntry, LibraryKind, LibraryParameter } from "@polyglot/compiler";
import { wrapText } from "../../output/wrap-text.ts";

const kinds = {
  event: "an event trigger, for [t]",
  condition: "a condition trigger, for [t]; as a call in [?] it answers whether it holds now",
  "any-trigger": "a trigger over the [t] lines under it",
  setting: "a setting, for [Q]",
  wrapper: "a wrapper, for [w]",
  requirement: "a check of the wrappers in force, for [w]",
  utility: "a step, for [r], [f], [b], [\\], [/] and [?]",
  join: "a join, for [j]",
  exit: "the end of a run, for [x]",
} as const satisfies Record<LibraryKind, string>;

export function entryText(entry: LibraryEntry, width: number): string {
  const forms = entry.parameters.flatMap((parameters) => callForm(entry, parameters, width));
  const doc = wrapText(entry.doc, width - 2).map((line) => `  ${line}`);
  const also = entry.aliases.length === 0 ? [] : ["", `  also: ${entry.aliases.map((name) => `|${name}`).join(", ")}`];
  const state = `  ${stateOf(entry)}`;
  return [`|${entry.name}: ${kinds[entry.kind]}`, "", ...forms, "", ...doc, ...also, "", state].join("\n");
}

function stateOf({ since, testedSince }: LibraryEntry): string {
  if (since !== null) return testedSince === null ? `since ${since} as a trigger; not in [?] yet` : `since ${since}`;
  return "not implemented yet: it checks and plans, but does not run";
}

export const enumText = (name: string, members: readonly string[]): string =>
  [`#${name}: an enumeration of the standard library`, "", ...members.map((member) => `  #${name}.${member}`)].join(
    "\n",
  );

/**
 * As a line would call it, types behind the names: `|U.Log << level: pg\Enum << message: pg\any`; where that is too
 * long, each argument and result below.
 */
function callForm(entry: LibraryEntry, parameters: readonly LibraryParameter[], width: number): string[] {
  const taken = parameters.map(({ name, type, isOptional }) => `<< ${name}${isOptional ? "?" : ""}: ${type}`);
  const given = entry.results.map(({ name, type }) => `>> ${name}: ${type}`);
  const line = [`  |${entry.name}`, ...taken, ...given].join(" ");
  if (line.length <= width) return [line];
  return [`  |${entry.name}`, ...[...taken, ...given].map((item) => `    ${item}`)];
}
