/** `|U.Json.` */
import type { CanonicalValue } from "@polyglot/contracts";
import { canonicalFloat, canonicalInt } from "../convert/numbers.ts";
import { define, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { jsonOfValue } from "./text-of-value.ts";
import { contentOf } from "./tagged.ts";

/**
 * Text in which JSON's own reading might lose something: floats that are integral or round to it, ints beyond 2^53, `-0`,
 * keys that look like tags. It may stand in a text too, which costs only time: reading with care takes ten times as long.
 */
const needsCare = /\d\.0+(?!\d)|\d[eE]|\d[\d.]{15}|-0(?![.\d])|"\$|\\u0024/;

/** Ints stay ints and floats floats, at any length; a map whose keys look like tags stays a map. */
export function parseJson(text: string, problem = "the text is not JSON"): CanonicalValue {
  try {
    return JSON.parse(text, needsCare.test(text) ? revive : undefined) as CanonicalValue;
  } catch (error) {
    throw new Refused("ConversionError", `${problem}: ${(error as Error).message}`);
  }
}

/** The third parameter is the proposal "JSON.parse source text access", in V8 since Node 21; its types lag behind. */
function revive(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value === "number" && source !== undefined) {
    return /[.eE]/.test(source) ? canonicalFloat(value) : canonicalInt(BigInt(source));
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.keys(value).some((key) => key.startsWith("$")) ? { $map: Object.entries(value) } : value;
}

function stringify(value: CanonicalValue): string {
  const text = jsonOfValue(value);
  if (text.kind === "text") return text.text;
  throw new Refused("ConversionError", `${text.what} has no form in JSON`);
}

/** A path of names and indexes with dots between: `rows.0.name`. */
function at(value: CanonicalValue, path: string): CanonicalValue {
  let found: CanonicalValue | undefined = value;
  for (const part of path.split(".").filter((name) => name !== "")) {
    found = inside(found, part);
    if (found === undefined) throw new Refused("RuntimeError", `'${path}' leads nowhere at '${part}'`);
  }
  return found;
}

function inside(value: CanonicalValue, part: string): CanonicalValue | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(part) ? (value as CanonicalValue[])[Number(part)] : undefined;
  if (value === null || typeof value !== "object") return undefined;
  const pairs = contentOf(value, "$map") as readonly (readonly [CanonicalValue, CanonicalValue])[] | undefined;
  if (pairs !== undefined) return pairs.find(([key]) => key === part)?.[1];
  return Object.hasOwn(value, part) ? (value as { readonly [key: string]: CanonicalValue })[part] : undefined;
}

export const json: Readonly<Record<string, LibraryFunction>> = {
  "U.Json.Parse": define("text", (given) => parseJson(given.text("text"))),
  "U.Json.Stringify": define("value", (given) => stringify(given.any("value"))),
  "U.Json.Get": define("value, path", (given) => at(given.any("value"), given.text("path"))),
};
