/** What every module of a language is built with, by path below the build's source folder. Read once. */
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const entries = { cpp: "run.hpp", rust: "mod.rs" } as const;
const read = new Map<string, Promise<ReadonlyMap<string, string>>>();

export function supportFiles(language: keyof typeof entries): Promise<ReadonlyMap<string, string>> {
  const known = read.get(language) ?? readAll(language);
  read.set(language, known);
  return known;
}

async function readAll(language: keyof typeof entries): Promise<ReadonlyMap<string, string>> {
  const name = `@polyglot/agents/runtimes/${language}/support/${entries[language]}`;
  const folder = dirname(createRequire(import.meta.url).resolve(name));
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return new Map(files.map((file, index) => [`support/${file}`, texts[index] ?? ""]));
}
