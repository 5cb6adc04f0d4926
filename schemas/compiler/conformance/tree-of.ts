import { Findings } from "../diagnose/findings.ts";
import { SourceFile } from "../source/source-file.ts";
import { parseFile } from "../syntax/parse-file.ts";

/** The tree without places, as a text to compare. */
export function treeOf(text: string): string {
  const source = new SourceFile("main.pg", text);
  const places = new Set(["start", "end", "head", "source"]);
  return JSON.stringify(parseFile(source, new Findings(source)), (key, value: unknown) => {
    if (places.has(key)) return undefined;
    return typeof value === "bigint" ? String(value) : value;
  });
}
