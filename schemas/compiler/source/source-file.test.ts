import { expect, test } from "vitest";
import { createCompiler } from "../index.ts";
import { readSourceFile, SourceFile } from "./source-file.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test("columns count code points, lines end at a newline", () => {
  const source = new SourceFile("a.pg", "a\n😀b\r\nc");
  expect(source.position(0)).toEqual({ line: 1, column: 1 });
  expect(source.position(4)).toEqual({ line: 2, column: 2 });
  expect(source.position(7)).toEqual({ line: 3, column: 1 });
  expect(source.position(8)).toEqual({ line: 3, column: 2 });
});

test("a byte order mark is skipped", () => {
  expect(readSourceFile("a.pg", encode("\uFEFF[@] a")).text).toBe("[@] a");
});

test("bytes that are not UTF-8 are one error for each line", async () => {
  const bytes = new Uint8Array([
    ...encode("[@] test>A\n[X]\n\\\\ "),
    0xff,
    0xfe,
    10,
    ...encode("\\\\ ok\n\\\\ "),
    0xc0,
    10,
  ]);
  const { diagnostics } = (await createCompiler()).compile({ files: new Map([["a.pg", bytes]]) });
  expect(diagnostics.map((found) => [found.line, found.code])).toEqual([
    [3, "PG1001"],
    [5, "PG1001"],
  ]);
});
