/** A bundle with a function in each language that gives a list of values back as its types took them. */
import { type Bundle, createBundle } from "@polyglot/contracts";

export interface Echo {
  readonly name: string;
  /** Of the list, e.g. `Vec<i64>`. */
  readonly type: string;
}

export const echoFiles = { py: "echo.py", js: "echo.mjs", rust: "echo.rs", cpp: "echo.cpp" } as const;

export function echoBundle(rust: readonly Echo[], cpp: readonly Echo[]): Bundle {
  const texts = {
    py: "def echo(values):\n    return values\n",
    js: "export const echo = (values) => values;\n",
    rust: ["use std::collections::HashMap;", ...rust.map(rustEcho)].join("\n"),
    cpp: [...cppHeaders.map((name) => `#include <${name}>`), "using namespace std;", ...cpp.map(cppEcho)].join("\n"),
  };
  const files = Object.entries(echoFiles).map(([lang, path]): [string, Uint8Array] => [
    path,
    new TextEncoder().encode(texts[lang as keyof typeof echoFiles]),
  ]);
  return createBundle(new Map(files));
}

const cppHeaders = ["array", "cstdint", "map", "optional", "string", "vector"];
const rustEcho = ({ name, type }: Echo): string => `pub fn ${name}(values: ${type}) -> ${type} { values }`;
const cppEcho = ({ name, type }: Echo): string => `${type} ${name}(${type} values) { return values; }`;
