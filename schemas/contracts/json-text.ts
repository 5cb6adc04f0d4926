/** JSON text from outside to canonical values, and the one form that each number has. */
import { type CanonicalValue, tagOf } from "./values.ts";

/** The one form that this float has: a JSON number where that cannot be taken for an int. */
export function canonicalFloat(value: number): CanonicalValue {
  if (Number.isFinite(value) && !Number.isInteger(value)) return value;
  return { $float: Object.is(value, -0) ? "-0" : String(value) };
}

export function canonicalInt(value: bigint): CanonicalValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $int: String(value) };
}

/**
 * Text in which JSON's own reading might lose something: floats that are integral or round to it, ints beyond 2^53, `-0`,
 * keys that look like tags. It may stand in a text too, which costs only time: reading with care takes ten times as long.
 */
const needsCare = /\d\.0+(?!\d)|\d[eE]|\d[\d.]{15}|-0(?![.\d])|"\$|\\u0024/;

/** Ints stay ints and floats floats, at any length; a map whose keys look like tags stays a map. Throws `SyntaxError`. */
export function parseJsonText(text: string): CanonicalValue {
  return JSON.parse(text, needsCare.test(text) ? revive : undefined) as CanonicalValue;
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

/** The value as JSON of anybody: tagged maps and numbers as they were written. */
export function plainJson(value: CanonicalValue): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plainJson);
  const tag = tagOf(value);
  const content = tag === undefined ? undefined : (value as Readonly<Record<string, CanonicalValue>>)[tag];
  if (tag === "$map") return plainMap(content as readonly (readonly [string, CanonicalValue])[]);
  if (tag === "$float" || tag === "$int") return Number(content);
  return plainMap(Object.entries(value as Readonly<Record<string, CanonicalValue>>));
}

const plainMap = (entries: readonly (readonly [string, CanonicalValue])[]): unknown =>
  Object.fromEntries(entries.map(([name, item]) => [name, plainJson(item)]));

/** Whether lists and maps stand at most `most` deep in each other; cheap, and of any text. */
export function isNestedWithin(text: string, most: number): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) isInText = false;
    } else if (code === 0x22) isInText = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > most) return false;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return true;
}
