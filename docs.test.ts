/** Whether the pages in `docs/` list what the program has: a code or a command is in both or in neither. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createCompiler, formatDiagnostic } from "@polyglot/compiler";
import { errorCodes, type FileSet } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { findingPages } from "./.ci/finding-pages.ts";
import { readPagePrograms } from "./.ci/page-programs.ts";
import { exitCodes } from "./cli/client/failure.ts";
import { commands } from "./cli/commands/index.ts";

const page = (name: string): string => readFileSync(join(import.meta.dirname, "docs", name), "utf8");

/** The cells of a page's table rows. */
const rows = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("|---"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

test("docs/errors.md lists every error code with its meaning", () => {
  const listed = rows(page("errors.md")).filter(([code]) => code?.startsWith("`"));
  expect(Object.fromEntries(listed.map(([code = "", meaning]) => [code.slice(1, -1), meaning]))).toEqual(errorCodes);
});

test("docs/cli.md lists every command", () => {
  const listed = [...page("cli.md").matchAll(/^\| `polyglot ([a-z]+(?: [a-z]+)*)/gm)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(commands).map((id) => id.replaceAll(":", " ")));
});

test("docs/cli.md lists every exit code", () => {
  const listed = rows(page("cli.md")).map(([code]) => Number(code));
  const expected = [0, ...Object.values(exitCodes)];
  expect(listed.filter((code) => !Number.isNaN(code))).toEqual(expected);
});

const guide = readdirSync(join(import.meta.dirname, "docs", "language"))
  .filter((name) => name.endsWith(".md") && name !== "library.md")
  .map((name) => `language/${name}`);
const programs = [...guide, "../README.md"].flatMap((name) => readPagePrograms(name, page(name)));
const compiler = await createCompiler();

const findingsOf = (files: FileSet) => compiler.compile({ files }).diagnostics;

test.each(programs.filter(({ wrong }) => wrong === undefined))("$title compiles", ({ files, isFragment }) => {
  // Lines out of their pipeline may leave names unused; names and kinds may be checked before anything acts on them.
  const isNews = (code: string): boolean => !isFragment && !/^PG(?:9\d{3}|7007)$/.test(code);
  const findings = findingsOf(files).filter(({ severity, code }) => severity === "error" || isNews(code));
  expect(findings.map(formatDiagnostic)).toEqual([]);
});

test.each(programs.filter(({ wrong }) => wrong !== undefined))("$title has the finding $wrong", ({ files, wrong }) => {
  expect(findingsOf(files).map(({ code }) => code)).toContain(wrong);
});

const pagesOfFindings = findingPages();

test.each([...pagesOfFindings])("%s is current", (path, lines) => {
  expect(readFileSync(join(import.meta.dirname, path), "utf8")).toBe(`${lines.join("\n")}\n`);
});

test("docs/language/findings has a page for each finding and no other", () => {
  const folder = "docs/language/findings";
  const expected = [...pagesOfFindings.keys()].filter((path) => path.startsWith(folder));
  const present = readdirSync(join(import.meta.dirname, folder)).map((name) => `${folder}/${name}`);
  expect(present.toSorted()).toEqual(expected.toSorted());
});
