/** `|U.String.` Characters are code points. */
import type { CanonicalValue } from "@polyglot/contracts";
import { define, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { isFound } from "./patterns.ts";
import { contentOf } from "./tagged.ts";
import { textOfValue } from "./text-of-value.ts";

const ask = (test: (text: string, part: string) => boolean): LibraryFunction =>
  define("text, part", (given) => test(given.text("text"), given.text("part")));

const change = (by: (text: string) => string): LibraryFunction => define("text", (given) => by(given.text("text")));

export const strings: Readonly<Record<string, LibraryFunction>> = {
  "U.String.Contains": ask((text, part) => text.includes(part)),
  "U.String.StartsWith": ask((text, part) => text.startsWith(part)),
  "U.String.EndsWith": ask((text, part) => text.endsWith(part)),
  "U.String.Matches": define("text, pattern", (given) => isFound(given.text("pattern"), given.text("text"))),
  "U.String.IsEmpty": define("text", (given) => given.text("text") === ""),
  "U.String.Normalize": change((text) => text.normalize("NFC")),
  "U.String.ToUpperCase": change((text) => text.toUpperCase()),
  "U.String.ToLowerCase": change((text) => text.toLowerCase()),
  "U.String.Trim": change((text) => text.trim()),
  "U.String.Split": define("text, separator", (given) => split(given.text("text"), given.text("separator"))),
  "U.String.Join": define("parts, separator", (given) => {
    const separator = given.has("separator") ? given.text("separator") : "";
    return given.list("parts").map(textOf).join(separator);
  }),
  "U.String.Replace": define("text, part, by", (given) =>
    given.text("text").replaceAll(given.text("part"), () => given.text("by")),
  ),
  "U.String.Format": define("text, values", (given) => format(given.text("text"), given.any("values"))),
  "U.String.Length": define("text", (given) => Array.from(given.text("text")).length),
};

/** An empty separator gives the characters. */
const split = (text: string, separator: string): string[] =>
  separator === "" ? Array.from(text) : text.split(separator);

function textOf(value: CanonicalValue): string {
  const text = textOfValue(value);
  if (text.kind === "text") return text.text;
  throw new Refused("ConversionError", `${text.what} has no form in text`);
}

/** `{name}` and `{0}` take values of a map or list; braces around anything else are text. */
function format(text: string, from: CanonicalValue): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = memberOf(from, key);
    if (value === undefined) throw new Refused("RuntimeError", `no value is named '${key}'`);
    return textOf(value);
  });
}

function memberOf(from: CanonicalValue, key: string): CanonicalValue | undefined {
  if (from === null || typeof from !== "object") return undefined;
  const pairs = contentOf(from, "$map") as readonly [CanonicalValue, CanonicalValue][] | undefined;
  if (pairs !== undefined) return pairs.find(([name]) => name === key)?.[1];
  return Object.hasOwn(from, key) ? (from as { readonly [name: string]: CanonicalValue })[key] : undefined;
}
