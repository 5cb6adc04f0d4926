/** `U.Convert.{Lang}.{Type}.To.{Lang}.{Type}`: the name of an explicit conversion says what it does. */
import { kindOfType } from "./type-kinds.ts";
import { formatTypeName, parseTypeName, type TypeLanguage } from "./type-name.ts";

const languages: Readonly<Record<string, TypeLanguage>> = {
  Pg: "pg",
  Polyglot: "pg",
  Py: "py",
  Python: "py",
  Js: "js",
  JavaScript: "js",
  Rust: "rust",
  Cpp: "cpp",
};

export interface ConversionName {
  /** Types as programs write them: `pg\int`. */
  readonly from: string;
  readonly to: string;
}

/** Undefined for any other name. Whether a converter exists is another question. */
export function parseConversionName(name: string): ConversionName | undefined {
  const parts = /^U\.Convert\.(\w+)\.(\w+)\.To\.(\w+)\.(\w+)$/.exec(name);
  const from = parts === null ? undefined : typeOf(parts[1] ?? "", parts[2] ?? "");
  const to = parts === null ? undefined : typeOf(parts[3] ?? "", parts[4] ?? "");
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** The case of the first letter does not matter: `String` is `pg\string`. `Str` of Rust is `&str`. */
function typeOf(language: string, type: string): string | undefined {
  const lang = Object.hasOwn(languages, language) ? languages[language] : undefined;
  const small = type.slice(0, 1).toLowerCase() + type.slice(1);
  for (const form of lang === undefined ? [] : [type, small, `&${small}`]) {
    const found = parseTypeName(`${lang}\\${form}`);
    if (found !== undefined && kindOfType(found) !== undefined) return formatTypeName(found);
  }
  return undefined;
}
