/**
 * `docs/language/findings`: a page for each finding and an index, and the same for `polyglot explain`. All of it comes
 * from `schemas/compiler/diagnose/pages`, severity and messages from the compiler.
 */
import { createCompiler, formatDiagnostic } from "@polyglot/compiler";
import type { FindingPage, FindingProgram } from "../schemas/compiler/conformance/finding-page.ts";
import { inputOf, readFindingPages, sharedFiles } from "../schemas/compiler/conformance/read-finding-pages.ts";
import { problems } from "../schemas/compiler/diagnose/catalogue.ts";

const written = "<!-- Written by `npm run generate` from schemas/compiler/diagnose/pages. -->";

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

const severities: ReadonlyMap<string, string> = new Map(
  Object.values(problems).map(({ code, severity }) => [code, severity]),
);
const severityOf = (code: string): string => severities.get(code) ?? "error";

const compiler = await createCompiler();
const pages = readFindingPages();

/** Path within the repository, and lines. */
export function findingPages(): ReadonlyMap<string, readonly string[]> {
  const folder = "docs/language/findings";
  return new Map([
    [`${folder}/README.md`, indexPage()],
    ...[...pages].map(([code, page]) => [`${folder}/${code}.md`, findingPage(code, page)] as const),
    ["cli/commands/explain/gen/findings.ts", findingsModule()],
  ]);
}

function indexPage(): string[] {
  return [
    "# Findings of the compiler",
    "",
    written,
    "",
    "Every finding has a code that stays the same over versions, and a page that says why it is there and how to mend it,",
    "with a wrong program and a right one. Carets under a line mark the place of the finding; a line or a file that ends with",
    "`×20` stands twenty times, `{n}` counts them. `polyglot explain PG4010` prints the same.",
    ...sections.flatMap(([prefix, title]) => ["", `## ${title}`, "", ...tableOf(prefix)]),
    "",
    "## Files that the programs import",
    ...[...sharedFiles].flatMap(([path, text]) => ["", ...fileBlock(path, text.trimEnd())]),
  ];
}

function tableOf(prefix: string): string[] {
  const own = [...pages].filter(([code]) => code.startsWith(prefix));
  return ["| code | | |", "|---|---|---|", ...own.map(([code, { title }]) => tableRow(code, title))];
}

const tableRow = (code: string, title: string): string =>
  `| [${code}](${code}.md) | ${severityOf(code)} | ${title.replaceAll("|", "\\|")} |`;

function findingPage(code: string, { title, explanation, wrong, right }: FindingPage): string[] {
  return [
    `# ${code}: ${title}`,
    "",
    written,
    "",
    explanation,
    "",
    "## Wrong",
    "",
    ...programBlocks(wrong),
    "",
    "`polyglot validate` prints",
    "",
    "```text",
    ...printed(code, wrong),
    "```",
    "",
    "## Right",
    "",
    ...programBlocks(right),
  ];
}

/** What it prints of the findings that are marked. */
function printed(code: string, program: FindingProgram): string[] {
  const marked = new Set([code, ...program.marks.map((mark) => mark.code)]);
  const { diagnostics } = compiler.compile(inputOf(program));
  return diagnostics.filter((found) => marked.has(found.code)).map(formatDiagnostic);
}

/** A block for each file, named where there are several. */
function programBlocks({ text, files }: FindingProgram): string[] {
  const parts = text.split(/^--- (\S+)(?: (×\d+))?\n/m);
  if (parts.length === 1) return block("pg", text);
  const named = parts.flatMap((part, index) =>
    index % 3 === 1 ? [{ path: part, count: parts[index + 1], content: (parts[index + 2] ?? "").trimEnd() }] : [],
  );
  return named.flatMap(({ path, count, content }, index) => {
    const separator = index === 0 ? [] : [""];
    if (files.size === 1) return block(languageOf(path), content);
    return [
      ...separator,
      `\`${path}\`${count === undefined ? "" : ` ${count}`}`,
      "",
      ...block(languageOf(path), content),
    ];
  });
}

const fileBlock = (path: string, content: string): string[] => [`\`${path}\``, "", ...block(languageOf(path), content)];

const block = (language: string, content: string): string[] => [`\`\`\`${language}`, content, "```"];

const languages: Readonly<Record<string, string>> = { py: "python", mjs: "js", rs: "rust" };

function languageOf(path: string): string {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  return languages[extension] ?? extension;
}

function findingsModule(): string[] {
  return [
    "// Written by `npm run generate` from schemas/compiler/diagnose/pages.",
    'import type { Finding } from "../finding-text.ts";',
    "",
    "export const findings: ReadonlyMap<string, Finding> = new Map([",
    ...[...pages].map(([code, { title, explanation, wrong, right }]) => {
      const finding = {
        severity: severityOf(code),
        title,
        explanation: explanation.replaceAll(/(?<!\n)\n(?!\n)/g, " "),
        wrong: wrong.text,
        printed: printed(code, wrong).join("\n"),
        right: right.text,
      };
      return `  [${JSON.stringify(code)}, ${JSON.stringify(finding)}],`;
    }),
    "]);",
  ];
}
