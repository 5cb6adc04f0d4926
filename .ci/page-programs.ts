/**
 * Programs in a Markdown page. A block ```` ```pg ```` is a file of its own; ```` ```pg fragment ```` the lines of a
 * pipeline, or whole pipelines, without what stands around them; ```` ```pg wrong PG4010 ```` has that finding. A block of
 * another language may name its file, ```` ```python lib/clean.py ````: programs below it on the page import it. What no
 * block gives is made up from the calls.
 */
import type { FileSet } from "@polyglot/contracts";

export interface PageProgram {
  /** Page and line, for a person to find it. */
  readonly title: string;
  readonly files: FileSet;
  readonly isFragment: boolean;
  /** The finding that it is to have. */
  readonly wrong: string | undefined;
}

export function readPagePrograms(page: string, text: string): PageProgram[] {
  const native = new Map<string, string>();
  const programs: PageProgram[] = [];
  for (const block of text.matchAll(/^( *)```(\w+)(?: ([^\n]+))?\n([\s\S]*?)^\1```$/gm)) {
    const [, indent = "", language = "", info = "", indented = ""] = block;
    const content = indented.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    if (language !== "pg") {
      if (/^\S+\.\w+$/.test(info)) native.set(info, content);
      continue;
    }
    const line = text.slice(0, block.index).split("\n").length;
    const source = info === "fragment" || info.startsWith("wrong") ? completeFragment(content) : content;
    programs.push({
      title: `${page}:${line}`,
      files: createFiles(source, native),
      isFragment: info === "fragment",
      wrong: /^wrong (PG\d{4})$/.exec(info)?.[1],
    });
  }
  return programs;
}

/** A namespace, an import for each alias that is used, and a pipeline around lines that stand in none. */
function completeFragment(text: string): string {
  if (/^\[(?:@|Import)\] \w/m.test(text)) return text;
  const aliases = new Set([...text.matchAll(/@(\w+)\|/g)].map(([, alias]) => alias));
  const head = ["[@] docs>Page", ...[...aliases].map((alias) => `[D] @${alias} << py"./${alias}.py"`), "[X]"].join(
    "\n",
  );
  if (/^\[(?:\||m|#|Pipeline|Macro|Enum)\]/m.test(text)) return `${head}\n${text}`;
  const lines = text.split("\n");
  const first = lines.findIndex((line) => !/^(?:\[(?:i|Input)\].*|\\\\.*|)$/.test(line));
  const trigger = /^\[(?:t|Trigger)\]/m.test(text) ? [] : ["[t] |T.Call"];
  return [head, "[|] Main", ...lines.slice(0, first), ...trigger, ...lines.slice(first), "[x]", ""].join("\n");
}

function createFiles(source: string, native: ReadonlyMap<string, string>): FileSet {
  const files = new Map([...native, ["page.pg", source]]);
  for (const [, alias = "", language = "", path = ""] of source.matchAll(/@(\w+)\s*<<\s*(py|js)"\.\/([^"]+)"/g)) {
    const functions = [...source.matchAll(new RegExp(`@${alias}\\|(\\w+)`, "g"))].map(([, name = ""]) => name);
    if (!files.has(path)) files.set(path, [...new Set(functions)].map((name) => stub(language, name)).join(""));
  }
  return new Map([...files].map(([path, content]) => [path, new TextEncoder().encode(content)]));
}

/** Takes and gives anything. */
const stub = (language: string, name: string): string =>
  language === "py"
    ? `def ${name}(*values, **options):\n    return values\n\n`
    : `export function ${name}(...values) {\n  return values;\n}\n`;
