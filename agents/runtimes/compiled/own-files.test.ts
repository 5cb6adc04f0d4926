import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { ownFilesOfFile as ownOfCpp, ownFilesOfFolder as ownOfCmake } from "../cpp/own-files.ts";
import { ownFilesOfCrate, ownFilesOfFile as ownOfRust } from "../rust/own-files.ts";
import type { ModuleSource } from "../language.ts";

const readers = {
  cpp: ownOfCpp,
  cmake: (source: ModuleSource) => ownOfCmake(source, []),
  rust: ownOfRust,
  crate: ownFilesOfCrate,
};
type Reader = keyof typeof readers;

const anything = undefined;

it.each<[string, Reader, string, Readonly<Record<string, string>>, readonly string[] | undefined]>([
  [
    "headers of headers",
    "cpp",
    "a.cpp",
    { "a.cpp": "#include <b/b.h>", "b/b.h": '# include "c.h"', "b/c.h": "", "d.h": "" },
    ["a.cpp", "b/b.h", "b/c.h"],
  ],
  [
    "a header of both its folder and the root",
    "cpp",
    "l/a.cpp",
    { "l/a.cpp": '#include "b.h"', "l/b.h": "", "b.h": "" },
    ["b.h", "l/a.cpp", "l/b.h"],
  ],
  ["an include over two lines", "cpp", "a.cpp", { "a.cpp": '#inc\\\nlude "b.h"', "b.h": "" }, ["a.cpp", "b.h"]],
  ["a computed include", "cpp", "a.cpp", { "a.cpp": "#include HEADER" }, anything],
  ["a question for a header", "cpp", "a.cpp", { "a.cpp": '#if __has_include("b.h")\n#endif' }, anything],
  ["a header out of the bundle", "cpp", "a.cpp", { "a.cpp": '#include "../b.h"' }, anything],
  [
    "variadic templates",
    "cmake",
    "g",
    { "g/CMakeLists.txt": "project(g)", "g/a.cpp": "template <class... A> void f(A...);" },
    ["g/CMakeLists.txt", "g/a.cpp"],
  ],
  ["a folder beside it", "cmake", "g", { "g/CMakeLists.txt": "add_subdirectory(../h h)" }, anything],
  ["the folder above it", "cmake", "g", { "g/CMakeLists.txt": "cmake_path(GET X PARENT_PATH Y)" }, anything],
  [
    "modules of modules",
    "rust",
    "a.rs",
    { "a.rs": "mod b;", "b.rs": "pub mod r#c;", "b/c.rs": "", "d.rs": "" },
    ["a.rs", "b.rs", "b/c.rs"],
  ],
  ["a text that is taken in", "rust", "a.rs", { "a.rs": 'const A: &str = include_str!("b.txt");' }, anything],
  ["a path of its own", "rust", "a.rs", { "a.rs": '#[path = "b.rs"] mod c;' }, anything],
  [
    "a crate",
    "crate",
    "k",
    { "k/Cargo.toml": "[package]", "k/src/lib.rs": "for i in 0..3 {}", "x.rs": "" },
    ["k/Cargo.toml", "k/src/lib.rs"],
  ],
  ["a crate with a script", "crate", "k", { "k/Cargo.toml": "[package]", "k/build.rs": "" }, anything],
  ["a crate beside it", "crate", "k", { "k/Cargo.toml": '[dependencies]\nl = { path = "../l" }' }, anything],
  ["a workspace above it", "crate", "k", { "Cargo.toml": "[workspace]", "k/Cargo.toml": "[package]" }, anything],
])("%s (%s)", async (_, reader, path, files, expected) => {
  const folder = await mkdtemp(join(tmpdir(), "polyglot-own-files-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  expect(await readers[reader]({ folder, path, functions: [], version: undefined })).toEqual(expected);
  await rm(folder, { recursive: true });
});
