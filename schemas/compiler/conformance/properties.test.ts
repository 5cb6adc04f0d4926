import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Findings } from "../diagnose/findings.ts";
import { format } from "../format/format.ts";
import { createCompiler } from "../index.ts";
import { readSourceFile } from "../source/source-file.ts";
import { parseFile } from "../syntax/parse-file.ts";
import { tokenize } from "../syntax/tokenize.ts";
import { fragments } from "./fragments.ts";
import { readCases } from "./read-cases.ts";
import { treeOf } from "./tree-of.ts";

const compiler = await createCompiler();
const folder = new URL("./cases/", import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith(".cases"))
  .flatMap((file) => readCases(readFileSync(new URL(file, folder), "utf8")));
const code = new TextEncoder().encode(readFileSync(new URL("code.py", folder), "utf8"));

/** Programs that are nearly right: fragments in any order, with any text between. */
const programs = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...fragments) }, fc.string({ unit: "binary", maxLength: 5 })),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(""));

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function compile(text: string) {
  return compiler.compile({
    files: new Map([
      ["main.pg", encode(text)],
      ["code.py", code],
    ]),
  });
}

describe("any text", () => {
  test("is its tokens, joined", () => {
    fc.assert(
      fc.property(programs, (text) => {
        const joined = tokenize(text).map((token) => text.slice(token.start, token.end));
        expect(joined.join("")).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test("compiles without crash, with findings inside of it", () => {
    fc.assert(
      fc.property(programs, (text) => {
        for (const found of compile(text).diagnostics) {
          expect(found.code).toMatch(/^PG\d{4}$/);
          expect(found.endLine > found.line || found.endColumn >= found.column).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("formats to a form that formats to itself, with the same tree", () => {
    fc.assert(
      fc.property(programs, (text) => {
        const once = format(text);
        expect(format(once)).toBe(once);
        expect(treeOf(once)).toBe(treeOf(text));
      }),
      { numRuns: 1000 },
    );
  });
});

test("any bytes are read, and places lie in the text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const source = readSourceFile("main.pg", bytes);
      const findings = new Findings(source);
      parseFile(source, findings);
      const lines = source.text.split("\n").length;
      expect(findings.list().every((found) => found.line >= 1 && found.line <= lines)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("a formatted program has the same plan", () => {
  for (const { files } of cases) {
    const bytes = (write: (text: string) => string): Map<string, Uint8Array> =>
      new Map([...files].map(([path, text]) => [path, encode(path.endsWith(".pg") ? write(text) : text)]));
    const digests = (write: (text: string) => string): string[] =>
      compiler.compile({ files: bytes(write) }).pipelines.map((item) => item.digest);
    expect(digests(format)).toEqual(digests((text) => text));
  }
});

test("100 KB of one fragment, over and over, ends", () => {
  for (const fragment of fragments) {
    const text = fragment.repeat(Math.ceil(100_000 / fragment.length));
    expect(compile(text).diagnostics.length).toBeLessThanOrEqual(1100);
    expect(compile(`[@] a>B\n[X]\n[|] Main\n[t] |T.Cli\n${text}`).failed.length).toBeLessThanOrEqual(1);
  }
}, 300_000);
