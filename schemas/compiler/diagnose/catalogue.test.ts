import { expect, test } from "vitest";
import type { FindingProgram } from "../conformance/finding-page.ts";
import { inputOf, isOpenPart, readFindingPages } from "../conformance/read-finding-pages.ts";
import { createCompiler, type Diagnostic, formatDiagnostic } from "../index.ts";
import { problems } from "./catalogue.ts";

const compiler = await createCompiler();
const pages = readFindingPages();
const codes = Object.values(problems).map((problem) => problem.code);

test("each code stands for one finding", () => {
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  expect(codes.every((code) => /^PG\d{4}$/.test(code))).toBe(true);
});

test("each code has its page, and each page its code", () => {
  expect([...pages.keys()]).toEqual(codes.toSorted());
});

/** Findings that are there only beside another, which their page shows as well. */
const comesWith: Readonly<Record<string, readonly string[]>> = { PG2023: ["PG2008"] };

/** The count of what is not shown comes after a thousand others: too many for marks. */
const isCount = (code: string): boolean => code === problems.tooManyFindings.code;

function findingsOf(program: FindingProgram, code: string): readonly Diagnostic[] {
  const { diagnostics } = compiler.compile(inputOf(program));
  return diagnostics.filter((found) => found.code === code || !(isCount(code) || isOpenPart(found.code)));
}

test.each([...pages])("%s: the wrong program has it where the carets are, and nothing else", (code, { wrong }) => {
  const places = findingsOf(wrong, code).map(
    (found) => `${found.file}:${found.line}:${found.column}-${found.endColumn} ${found.code}`,
  );
  const marks = wrong.marks.map((mark) => `${mark.file}:${mark.line}:${mark.column}-${mark.endColumn} ${mark.code}`);
  expect(places.toSorted()).toEqual(marks.toSorted());
  const others = new Set(wrong.marks.map((mark) => mark.code));
  expect(others.delete(code)).toBe(true);
  expect([...others]).toEqual(comesWith[code] ?? []);
});

test.each([...pages])("%s: the right program has no finding", (code, { right }) => {
  expect(right.marks).toEqual([]);
  expect(findingsOf(right, code).map(formatDiagnostic)).toEqual([]);
});
