/** `U.Convert.{Lang}.{Type}.To.{Lang}.{Type}`: the explicit form of every converter. */
import { parseTypeName, type TypeName } from "@polyglot/contracts";
import { shapeOf, shapesConvert } from "../check/shape.ts";
import { entry, type LibraryEntry } from "./entry.ts";

const languages: Readonly<Record<string, string>> = {
  Pg: "pg",
  Polyglot: "pg",
  Py: "py",
  Python: "py",
  Js: "js",
  JavaScript: "js",
  Rust: "rust",
  Cpp: "cpp",
};

export function findConversion(name: string): LibraryEntry | undefined {
  const parts = /^U\.Convert\.(\w+)\.(\w+)\.To\.(\w+)\.(\w+)$/.exec(name);
  const from = parts === null ? undefined : typeOf(parts[1] ?? "", parts[2] ?? "");
  const to = parts === null ? undefined : typeOf(parts[3] ?? "", parts[4] ?? "");
  if (from === undefined || to === undefined || !convert(from, to)) return undefined;
  return entry("utility", name, {
    takes: `value: ${text(from)}`,
    gives: `value: ${text(to)}`,
    doc: `Converts ${text(from)} to ${text(to)}.`,
    since: null,
  });
}

/** The case of the first letter does not matter: `String` is `pg\string`. */
function typeOf(language: string, type: string): TypeName | undefined {
  const lang = Object.hasOwn(languages, language) ? languages[language] : undefined;
  const forms = [type, type.slice(0, 1).toLowerCase() + type.slice(1)];
  const found = forms.map((form) => parseTypeName(`${lang}\\${form}`));
  return found.find((candidate) => candidate !== undefined && !("unknown" in shapeOf(candidate)));
}

function convert(from: TypeName, to: TypeName): boolean {
  const [a, b] = [shapeOf(from), shapeOf(to)];
  return !("unknown" in a) && !("unknown" in b) && shapesConvert(a, b);
}

const text = (type: TypeName): string => `${type.lang}\\${type.name}`;
