/**
 * The files of a CMake folder that the glue includes to know the functions that it calls: the headers that declare them.
 * A function that no header has is compiled with the glue, out of the source file that has it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildFailure } from "../compiled/builds.ts";
import type { ModuleSource } from "../language.ts";
import { filesIn } from "../read-only-folder.ts";

interface TextFile {
  readonly path: string;
  /** Without comments and texts. */
  readonly code: string;
}

/** Absolute paths. */
export async function cmakeIncludes({ folder, path, functions }: ModuleSource): Promise<string[]> {
  const files = (await filesIn(folder)).sort();
  const own = files.filter((file) => file.startsWith(join(folder, path, "/")));
  const groups = [
    { files: await readAll(own.filter(isHeader)), has: mentions },
    { files: await readAll(files.filter((file) => isHeader(file) && !own.includes(file))), has: mentions },
    { files: await readAll(own.filter(isSource)), has: defines },
  ];
  const found = functions.flatMap(({ name }) => {
    const last = name.slice(name.lastIndexOf(".") + 1);
    const all = groups.map((group) => group.files.filter(({ code }) => group.has(code, last)));
    const first = all.find((some) => some.length > 0);
    if (first === undefined) throw new BuildFailure(`no header and no source file of ${path} has a function ${name}`);
    return first.map((file) => file.path);
  });
  return [...new Set(found)];
}

const isHeader = (path: string): boolean => /\.(?:h|hh|hpp|hxx|h\+\+|inc|ipp|tpp)$/.test(path);
const isSource = (path: string): boolean => /\.(?:cc|cpp|cxx|c\+\+)$/i.test(path);

async function readAll(paths: readonly string[]): Promise<TextFile[]> {
  return Promise.all(paths.map(async (path) => ({ path, code: withoutComments(await readFile(path, "utf8")) })));
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, " ");

/** Not as a member: `area(`, `geo::area (`. */
const mentions = (code: string, name: string): boolean => new RegExp(`(?<![\\w.~]|->)${name}\\s*\\(`).test(code);

const defines = (code: string, name: string): boolean =>
  new RegExp(`(?<![\\w.~]|->)${name}\\s*\\([^;{}]*\\)[^;{}()]*\\{`).test(code);
