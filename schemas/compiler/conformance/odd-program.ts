/** What holds of any program, however odd. Each check throws an error that says what does not hold. */
import type { Compiler, CompileResult } from "../compile-result.ts";
import { maxFindingsPerFile } from "../diagnose/findings.ts";
import { format } from "../format/format.ts";
import { tokenize } from "../syntax/tokenize.ts";
import { toCompileInput } from "./compile-input.ts";
import { nativeFiles } from "./corpus.ts";
import { treeOf } from "./tree-of.ts";

export function checkOddProgram(files: ReadonlyMap<string, string>, compiler: Compiler): void {
  const result = compile(files, compiler);
  checkFindings(result, files);
  for (const [path, text] of files) if (path.endsWith(".pg")) checkText(text);
  const written = [...files].map(([path, text]) => [path, path.endsWith(".pg") ? format(text) : text] as const);
  if (digestsOf(compile(new Map(written), compiler)) !== digestsOf(result))
    throw new Error("formatting changes a plan");
}

function compile(files: ReadonlyMap<string, string>, compiler: Compiler): CompileResult {
  const encoder = new TextEncoder();
  return compiler.compile(
    toCompileInput([...nativeFiles, ...files].map(([path, text]) => [path, encoder.encode(text)])),
  );
}

const digestsOf = ({ pipelines }: CompileResult): string =>
  pipelines.map(({ id, digest }) => `${id} ${digest}`).join("\n");

function checkText(text: string): void {
  const joined = tokenize(text)
    .map((token) => text.slice(token.start, token.end))
    .join("");
  if (joined !== text) throw new Error("the tokens do not join to the text");
  const once = format(text);
  if (format(once) !== once) throw new Error("the formatted text formats to another");
  if (treeOf(once) !== treeOf(text)) throw new Error("the formatted text has another tree");
}

function checkFindings({ diagnostics, pipelines }: CompileResult, files: ReadonlyMap<string, string>): void {
  const counts = new Map<string, number>();
  for (const { file, line, column, endLine, endColumn, code, message } of diagnostics) {
    const place = `${file}:${line}:${column}: ${code}`;
    const lines = (files.get(file) ?? nativeFiles.get(file) ?? "").split("\n");
    if (line < 1 || column < 1 || line > lines.length) throw new Error(`${place} stands outside of its file`);
    if (endLine < line || (endLine === line && endColumn < column)) throw new Error(`${place} ends before it begins`);
    if (/undefined|\[object|NaN/.test(message.replaceAll(/'[^']*'|"[^"]*"/g, "")))
      throw new Error(`${place} has the message '${message}'`);
    counts.set(file, (counts.get(file) ?? 0) + 1);
  }
  if (Math.max(0, ...counts.values()) > 2 * maxFindingsPerFile + 1)
    throw new Error("a file has more findings than the limit");
  const inError = new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ file }) => file));
  const planned = pipelines.find(({ file }) => inError.has(file));
  if (planned !== undefined) throw new Error(`${planned.id} is planned although its file has errors`);
}
