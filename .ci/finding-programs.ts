/**
 * Programs that show what the compiler finds, and how it is right. `docs/language/finding-programs.cases` has them in the
 * form of the conformance cases, titled by code: `=== PG4010` is right, `=== PG4010 wrong` is not. Where it has no wrong
 * one, the shortest conformance case is taken.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Case, readCases } from "../schemas/compiler/conformance/read-cases.ts";

export interface FindingPrograms {
  /** Carets mark the place. */
  readonly wrong?: string;
  readonly right?: string;
}

const root = join(import.meta.dirname, "..");
const casesFolder = join(root, "schemas/compiler/conformance/cases");

export function readFindingPrograms(): ReadonlyMap<string, FindingPrograms> {
  const own = readOwnPrograms();
  const wrong = readWrongPrograms();
  for (const one of own.filter(isWrong)) wrong.set(codeOf(one), showCase(one));
  const right = new Map(own.filter((one) => !isWrong(one)).map((one) => [codeOf(one), showCase(one)]));
  const codes = [...new Set([...wrong.keys(), ...right.keys()])].toSorted();
  return new Map(
    codes.map((code) => {
      const [bad, good] = [wrong.get(code), right.get(code)];
      return [code, { ...(bad !== undefined && { wrong: bad }), ...(good !== undefined && { right: good }) }];
    }),
  );
}

export function readOwnPrograms(): Case[] {
  return readCases(readFileSync(join(root, "docs/language/finding-programs.cases"), "utf8"));
}

export const isWrong = ({ title }: Case): boolean => title.endsWith(" wrong");

export const codeOf = ({ title }: Case): string => title.slice(0, "PG0000".length);

/** Native files that the programs import, as the conformance cases have them. */
export function readNativeFiles(): ReadonlyMap<string, Uint8Array> {
  return new Map(["code.py", "code.mjs"].map((name) => [name, readFileSync(join(casesFolder, name))]));
}

/** By code the shortest program that has this finding and no other. */
function readWrongPrograms(): Map<string, string> {
  const files = readdirSync(casesFolder).filter((file) => file.endsWith(".cases"));
  const cases = files.toSorted().flatMap((file) => readCases(readFileSync(join(casesFolder, file), "utf8")));
  const found = new Map<string, string>();
  for (const one of cases) {
    const [mark, ...others] = one.marks;
    if (mark === undefined || others.length > 0) continue;
    const text = showCase(one);
    if (text.length < (found.get(mark.code)?.length ?? Number.POSITIVE_INFINITY)) found.set(mark.code, text);
  }
  return found;
}

/** Where there are several files, a line before each names it. */
function showCase({ files, marks }: Case): string {
  const shown = [...files].map(([path, text]) => {
    const lines = text.trimEnd().split("\n");
    for (const mark of marks.filter((one) => one.file === path).toReversed()) {
      const carets = "^".repeat(Math.max(1, mark.endColumn - mark.column));
      lines.splice(mark.line, 0, `${" ".repeat(mark.column - 1)}${carets} ${mark.code}`);
    }
    return files.size === 1 ? lines.join("\n") : [`--- ${path}`, ...lines].join("\n");
  });
  return shown.join("\n");
}

/** The same as a module, for `explain`. */
export function programsModule(programs: ReadonlyMap<string, FindingPrograms>): string[] {
  return [
    "// Written by `npm run generate` from the conformance cases and docs/language/finding-programs.cases.",
    "/** By code a program that has this finding, a caret line under the place, and one that is right. */",
    "export const programs: ReadonlyMap<string, { readonly wrong?: string; readonly right?: string }> = new Map([",
    ...[...programs].map(([code, pair]) => `  [${JSON.stringify(code)}, ${JSON.stringify(pair)}],`),
    "]);",
  ];
}
