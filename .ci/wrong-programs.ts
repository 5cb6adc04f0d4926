/** Programs that show what the compiler finds, taken from its conformance cases. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Case, readCases } from "../schemas/compiler/conformance/read-cases.ts";

export type WrongPrograms = ReadonlyMap<string, string>;

/** By code the shortest program of one file that has this finding and no other, a caret line under the place. */
export function readWrongPrograms(folder: string): WrongPrograms {
  const files = readdirSync(folder).filter((file) => file.endsWith(".cases"));
  const cases = files.toSorted().flatMap((file) => readCases(readFileSync(join(folder, file), "utf8")));
  const found = new Map<string, string>();
  for (const one of cases) {
    const [mark, ...others] = one.marks;
    if (mark === undefined || others.length > 0) continue;
    const text = showCase(one);
    if (text.length < (found.get(mark.code)?.length ?? Number.POSITIVE_INFINITY)) found.set(mark.code, text);
  }
  return found;
}

/** Files besides the first are named by a line before them. */
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
export function programsModule(programs: WrongPrograms): string[] {
  const entries = [...programs].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    "// Written by `npm run generate` from the conformance cases.",
    "/** By code a program that has this finding, a caret line under the place. */",
    "export const programs: ReadonlyMap<string, string> = new Map([",
    ...entries.map(([code, text]) => `  [${JSON.stringify(code)}, ${JSON.stringify(text)}],`),
    "]);",
  ];
}
