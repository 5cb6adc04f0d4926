/**
 * The page of one finding, as `diagnose/pages/PG2005.md` has it: a title, why it is wrong and how to mend it, a program
 * that has the finding, and the same program mended. Programs are written as the conformance cases are: carets mark the
 * place, `--- path` starts another file. A line or a path that ends with `×20` stands twenty times, `{n}` in it counts
 * them; a program in a block `latin-1` is saved in that encoding.
 */
import { type Mark, readCases } from "./read-cases.ts";

export interface FindingProgram {
  /** As the page shows it, with its marks. */
  readonly text: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly marks: readonly Mark[];
}

export interface FindingPage {
  readonly title: string;
  readonly explanation: string;
  readonly wrong: FindingProgram;
  readonly right: FindingProgram;
}

/** The name of a program's file where it has no other. */
const onlyFile = "orders.pg";

const form = /^# (.+)\n\n([\s\S]+?)\n\n## Wrong\n\n([\s\S]+)\n\n## Right\n\n([\s\S]+)$/;

export function parseFindingPage(text: string): FindingPage {
  const [, title, explanation, wrong, right] = form.exec(text.trimEnd()) ?? [];
  if (title === undefined || explanation === undefined || wrong === undefined || right === undefined)
    throw new Error("a finding's page is a title, an explanation, '## Wrong' and '## Right'");
  return { title, explanation, wrong: parseProgram(wrong), right: parseProgram(right) };
}

function parseProgram(block: string): FindingProgram {
  const [, encoding, text] = /^```\w+(?: (latin-1))?\n([\s\S]+)\n```$/.exec(block) ?? [];
  const named = text?.startsWith("--- ") === true ? text : `--- ${onlyFile}\n${text}`;
  const [one] = readCases(`=== program\n${repeatParts(named)}`);
  if (text === undefined || one === undefined) throw new Error("a finding's program is one block of code");
  const encode = (content: string): Uint8Array => Buffer.from(content, encoding === undefined ? "utf8" : "latin1");
  const files = new Map([...one.files].map(([path, content]) => [path, encode(content)]));
  return { text, files, marks: one.marks };
}

function repeatParts(text: string): string {
  return `${text}\n`
    .split(/^(?=--- )/m)
    .map((file) => repeat(file, /^(--- \S+) ×(\d+)/))
    .join("")
    .split(/(?<=\n)/)
    .map((line) => repeat(line, /^(?!---)(.*\S) +(?:\\\\|#) ×(\d+)/))
    .join("");
}

/** The part as many times as its first group's tail says, without that tail. */
function repeat(part: string, counted: RegExp): string {
  const [tail, kept = "", count] = counted.exec(part) ?? [];
  if (tail === undefined) return part;
  const once = kept + part.slice(tail.length);
  return Array.from({ length: Number(count) }, (_, index) => once.replaceAll("{n}", String(index + 1))).join("");
}
