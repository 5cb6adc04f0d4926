/**
 * Conformance programs as data. A file holds cases: `=== title`, then the program. Under a line, `^^^ PG2008` marks
 * where a finding stands, and `| PG1014` one of no width; `--- path` starts another file of the case; `--- plan` holds assertions about the last
 * pipeline's plan, one a line: `run.0.kind = "call"`. A program without `[@]` gets a namespace, one without a block is
 * the body of a pipeline that is started by hand.
 */
export interface Mark {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly code: string;
}

export interface Case {
  readonly title: string;
  readonly files: ReadonlyMap<string, string>;
  readonly marks: readonly Mark[];
  readonly assertions: readonly { readonly path: readonly string[]; readonly value: unknown }[];
}

export function readCases(text: string): Case[] {
  return text.split(/^=== /m).slice(1).map(readCase);
}

const mainFile = "main.pg";

function readCase(text: string): Case {
  const [title = "", ...lines] = text.trimEnd().split("\n");
  const files = new Map<string, string>();
  const marks: Mark[] = [];
  const assertions: Case["assertions"][number][] = [];
  for (const { name, lines: content } of splitSections(lines)) {
    if (name === "plan") assertions.push(...content.filter((line) => line !== "").map(readAssertion));
    else if (!/\.(?:pg|ya?ml)$/.test(name)) files.set(name, `${content.join("\n")}\n`);
    else files.set(name, readProgram(name, name === mainFile ? completeProgram(content) : content, marks));
  }
  return { title, files, marks, assertions };
}

function splitSections(lines: readonly string[]): { name: string; lines: string[] }[] {
  const sections = [{ name: mainFile, lines: [] as string[] }];
  for (const line of lines) {
    const name = /^--- (.*)$/.exec(line)?.[1];
    if (name === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ name, lines: [] });
  }
  return sections.filter((section) => section.name !== mainFile || section.lines.some((line) => line !== ""));
}

function completeProgram(lines: readonly string[]): string[] {
  const text = lines.join("\n");
  if (/^\[(?:@|Import)\]/im.test(text) && !/^\[\|\]/m.test(text.split(/^\[(?:@|Import)\]/im)[0] ?? ""))
    return [...lines];
  const imports = [
    ...(text.includes("@Py|") ? ['[D] @Py << py"./code.py"'] : []),
    ...(text.includes("@Js|") ? ['[D] @Js << js"./code.mjs"'] : []),
  ];
  const header = ["[@] test>Space", ...imports, "[X]"];
  if (/^\[(?:\||m|#|e|Pipeline|Macro|Enum)\]/im.test(text)) return [...header, ...lines];
  const trigger = /^\[(?:t|Trigger)\]/im.test(text) ? [] : ["[t] |T.Cli"];
  const body = lines.filter((line) => line !== "");
  const firstStep = body.findIndex((line) => !/^\[(?:i|Input)\]|^\s*(?:\^+|\|) PG/i.test(line));
  const at = firstStep === -1 ? body.length : firstStep;
  return [...header, "[|] Main", ...body.slice(0, at), ...trigger, ...body.slice(at), "[x]"];
}

function readProgram(file: string, lines: readonly string[], marks: Mark[]): string {
  const program: string[] = [];
  for (const line of lines) {
    const mark = /^(\s*)(\^+|\|) (PG\d{4}(?: PG\d{4})*)$/.exec(line);
    if (mark === null) program.push(line);
    else {
      const column = (mark[1]?.length ?? 0) + 1;
      const endColumn = column + (mark[2] === "|" ? 0 : (mark[2]?.length ?? 0));
      for (const code of (mark[3] ?? "").split(" ")) {
        marks.push({ file, line: program.length, column, endColumn, code });
      }
    }
  }
  return `${program.join("\n")}\n`;
}

function readAssertion(line: string): Case["assertions"][number] {
  const [path = "", value = ""] = line.split(" = ");
  return { path: path.split("."), value: JSON.parse(line.slice(line.indexOf(" = ") + 3) || value) as unknown };
}
