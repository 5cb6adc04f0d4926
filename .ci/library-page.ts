/** `docs/language/library.md`: every name of the standard library, from the one registry. */
import { type LibraryEntry, type LibraryKind, type LibraryParameter, library, libraryEnums } from "@polyglot/compiler";

const kinds = {
  event: "Event triggers",
  condition: "Condition triggers",
  "any-trigger": "Any of several triggers",
  setting: "Settings",
  wrapper: "Wrappers",
  requirement: "Checks of wrappers",
  utility: "Utilities",
  join: "Joins",
  exit: "The end of a run",
} as const satisfies Record<LibraryKind, string>;

export function libraryPage(): string[] {
  return [
    "# The standard library",
    "",
    "<!-- Written by `npm run generate`. -->",
    "",
    "All names are always there; nothing is imported, and none can be declared anew. A `?` marks an argument that may be",
    "left out. *Since* is the version that runs a name; a name without one checks and plans, but a pipeline that uses it is",
    "not applied. *0.1.0 in `[?]`* is a condition that a switch may ask, and that no trigger watches yet. `polyglot explain",
    "U.Log` prints one entry.",
    "",
    ...Object.entries(kinds).flatMap(([kind, title]) => [
      `## ${title}`,
      "",
      "| name | takes | gives | since | |",
      "|---|---|---|---|---|",
      ...library.filter((entry) => entry.kind === kind).map(libraryRow),
      "",
    ]),
    "Runtimes of further versions follow the pattern of those listed: `|W.Python3.13` is `|W.Runtime.Python.3.13`.",
    "`|U.Convert.Pg.Int.To.Js.Number` and its like convert explicitly; there is one for each pair of types that converts.",
    "",
    "## Enumerations",
    "",
    ...[...libraryEnums].map(
      ([name, members]) => `- \`#${name}\`: ${members.map((member) => `\`#${name}.${member}\``).join(", ")}`,
    ),
    "",
    "`#Queue` is open: `[#] Queue` adds members.",
  ];
}

function libraryRow({ name, aliases, parameters, results, since, testedSince, doc }: LibraryEntry): string {
  const names = [name, ...aliases].map((one) => code(`|${one}`)).join("<br>");
  const takes = parameters.map(parameterList).join("<br>or ");
  const gives = results.map((result) => code(`${result.name}: ${result.type}`)).join(", ");
  return `| ${names} | ${takes} | ${gives} | ${testedSince === null ? `${since}, not in \`[?]\`` : since} | ${doc.replaceAll("|", "\\|")} |`;
}

const parameterList = (parameters: readonly LibraryParameter[]): string =>
  parameters.map(({ name, type, isOptional }) => code(`${name}${isOptional ? "?" : ""}: ${type}`)).join(", ");

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
