/** Every program of the conformance cases and of the findings' pages: what odd programs are made from. */
import { readdirSync, readFileSync } from "node:fs";
import { readCases } from "./read-cases.ts";
import { readFindingPages } from "./read-finding-pages.ts";

export interface Program {
  readonly files: ReadonlyMap<string, string>;
}

const folder = new URL("./cases/", import.meta.url);

export function readCorpus(): readonly Program[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".cases"));
  const cases = names.toSorted().flatMap((name) => readCases(readFileSync(new URL(name, folder), "utf8")));
  const decoder = new TextDecoder();
  const pages = [...readFindingPages().values()].flatMap(({ wrong, right }) =>
    [wrong, right].map(({ files }) => ({
      files: new Map([...files].map(([path, content]) => [path, decoder.decode(content)])),
    })),
  );
  return [...cases.map(({ files }) => ({ files })), ...pages.filter(isSmall)];
}

/** Native code that the cases import without showing it. */
export const nativeFiles: ReadonlyMap<string, string> = new Map(
  ["code.py", "code.mjs"].map((name) => [name, readFileSync(new URL(name, folder), "utf8")]),
);

/** Programs that show a limit are large, and slow to try many times. */
const maxCharacters = 5000;

const isSmall = ({ files }: Program): boolean =>
  [...files.values()].reduce((sum, text) => sum + text.length, 0) <= maxCharacters;
