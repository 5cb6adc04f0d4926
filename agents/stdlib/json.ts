/** `|U.Json.` */
import { type CanonicalValue, parseJsonText } from "@polyglot/contracts";
import { define, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { jsonOfValue } from "./text-of-value.ts";
import { contentOf } from "./tagged.ts";

/** Ints stay ints and floats floats, at any length; a map whose keys look like tags stays a map. */
export function parseJson(text: string, problem = "the text is not JSON"): CanonicalValue {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new Refused("ConversionError", `${problem}: ${(error as Error).message}`);
  }
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
