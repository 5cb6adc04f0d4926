/** `docs/language/diagnostics.md`: every finding, and where there is one a program that has it. */
import { type Explanation, explanations } from "@polyglot/compiler";
import type { FindingPrograms } from "./finding-programs.ts";

const sections: readonly (readonly [prefix: string, title: string])[] = [
  ["PG10", "Text and values"],
  ["PG11", "Lines and their order"],
  ["PG2", "Names"],
  ["PG3", "Calls and types"],
  ["PG4", "Branches, handlers and outputs"],
  ["PG5", "Triggers and settings"],
  ["PG6", "Native code"],
  ["PG7", "YAML files"],
  ["PG9", "Not built yet"],
];

export function diagnosticsPage(programs: ReadonlyMap<string, FindingPrograms>): string[] {
  return [
    "# Findings of the compiler",
    "",
    "<!-- Written by `npm run generate`. -->",
    "",
    "Every finding has a code that stays the same over versions. `…` stands for what a finding names of a program.",
    "`polyglot explain PG4010` prints the same. Carets mark the place of the finding.",
    "",
    "| codes | about |",
    "|---|---|",
    ...sections.map(([prefix, title]) => `| [${prefix}…](#${anchor(title)}) | ${title.toLowerCase()} |`),
    "",
    ...sections.flatMap(([prefix, title]) => {
      const own = explanations.filter(({ code }) => code.startsWith(prefix));
      return [`## ${title}`, "", ...own.flatMap((finding) => findingSection(finding, programs.get(finding.code)))];
    }),
  ].slice(0, -1);
}

const anchor = (title: string): string => title.toLowerCase().replaceAll(",", "").replaceAll(" ", "-");

function findingSection(
  { code, severity, message, hint }: Explanation,
  programs: FindingPrograms | undefined,
): string[] {
  return [
    `### ${code}`,
    "",
    `${severity === "error" ? "Error" : "Warning"}: \`${message.trim()}\``,
    "",
    ...(hint === undefined ? [] : [`Hint: \`${hint}\``, ""]),
    ...programBlock("pg wrong", programs?.wrong),
    ...(programs?.right === undefined ? [] : ["Right:", "", ...programBlock("pg", programs.right)]),
  ];
}

/** A finding in a YAML file is shown by one. */
function programBlock(info: string, program: string | undefined): string[] {
  if (program === undefined) return [];
  return [`\`\`\`${program.startsWith("apiVersion") ? "yaml" : info}`, program, "```", ""];
}
