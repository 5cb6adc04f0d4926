import { expect, test } from "vitest";
import { readTargets } from "./cmake.ts";
import { readCommands } from "./cmake-commands.ts";
import { matchesPattern } from "./match-pattern.ts";

function targets(files: Readonly<Record<string, string>>) {
  const { sources, includeFolders, isOpen } = readTargets("p", {
    has: (path) => Object.hasOwn(files, path),
    text: (path) => files[path],
    paths: () => Object.keys(files),
  });
  return { sources: [...sources], includeFolders: [...includeFolders], isOpen };
}

test("sources come from targets, variables, globs and folders below", () => {
  expect(
    targets({
      "p/CMakeLists.txt": `
set(DIR \${PROJECT_SOURCE_DIR}/src)
file(GLOB SOME RELATIVE \${DIR} "\${DIR}/*.cpp")
add_library(one STATIC \${SOME} b.cpp api.h)
include_directories(inc "\${DIR}/private")
add_subdirectory(sub)`,
      "p/src/a.cpp": "",
      "p/src/deeper/x.cpp": "",
      "p/b.cpp": "",
      "p/api.h": "",
      "p/sub/CMakeLists.txt": "add_executable(two ../c.cc ${CMAKE_CURRENT_LIST_DIR}/d.cc)",
      "p/c.cc": "",
      "p/sub/d.cc": "",
    }),
  ).toEqual({
    sources: ["p/src/a.cpp", "p/b.cpp", "p/c.cc", "p/sub/d.cc"],
    includeFolders: ["p/inc", "p/src/private"],
    isOpen: false,
  });
});

test("what only CMake knows leaves the list open", () => {
  const open = [
    "add_library(a ${UNKNOWN}/x.cpp)",
    "add_library(a missing.cpp)",
    "if(X)\nendif()",
    "foreach(x a b)\nendforeach()",
    "include(other.cmake)",
    "add_subdirectory(nowhere)",
    "file(WRITE x y)",
    "add_library(a $<TARGET_OBJECTS:b>)",
    "add_library(a ../../outside.cpp)",
  ];
  expect(open.filter((text) => !targets({ "p/CMakeLists.txt": text }).isOpen)).toEqual([]);
});

test("a folder that adds itself ends", () => {
  expect(targets({ "p/CMakeLists.txt": "add_subdirectory(.)" }).isOpen).toBe(true);
});

test("comments, brackets and quotes are read as CMake has them", () => {
  const text = `# a (b)
#[[ long ) ]] ADD_LIBRARY ( x "a b" [[c]] [=[d ]] e]=] f;g ) # end
message("no end`;
  expect(readCommands(text)).toEqual([
    { name: "add_library", words: ["x", "a b", "c", "d ]] e", "f;g"] },
    { name: "message", words: ["no end"] },
  ]);
});

test("patterns match whole names", () => {
  const yes = ["*.cpp|a.cpp", "*|x", "a*b*c|a1b2c", "p?.cc|p1.cc", "a.c|a.c", "**|"];
  const no = ["*.cpp|a.cppx", "a?|a", "a|ab", "?|", "*b|a"];
  const matches = (pair: string) => matchesPattern(pair.split("|")[1] ?? "", pair.split("|")[0] ?? "");
  expect(yes.filter((pair) => !matches(pair))).toEqual([]);
  expect(no.filter(matches)).toEqual([]);
  expect(matchesPattern("a".repeat(2_000), `${"a*".repeat(500)}b`)).toBe(false);
});
