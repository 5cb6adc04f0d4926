/**
 * Canonical values: how a `.pg` value is written as JSON wherever it is stored or sent.
 *
 * | value | JSON |
 * |---|---|
 * | None, booleans, text | null, true/false, string |
 * | int within ±(2^53-1) | number |
 * | int beyond | `{"$int": "9007199254740993"}` |
 * | float that is finite and not integral | number |
 * | any other float | `{"$float": "1"}`, `"NaN"`, `"Infinity"`, `"-Infinity"`, `"-0"` |
 * | bytes | `{"$bytes": "<base64>"}` |
 * | datetime (UTC) | `{"$datetime": "2026-01-15T10:30:00Z"}` |
 * | duration | `{"$duration": {"months": 0, "seconds": 1.5}}`, calendar months kept apart |
 * | enum member | `{"$enum": "namespace#Quality.Good"}` |
 * | range, both ends inside, null is open | `{"$range": [1, 5]}` |
 * | handle | `{"$handle": "<id>"}` |
 * | list | array |
 * | map whose keys are text without a leading `$` | object |
 * | any other map | `{"$map": [[key, value], …]}` |
 *
 * A number that is integral is an int, so that `1` and `1.0` stay apart between languages.
 */
import type { Json } from "./canonical-json.ts";

export type CanonicalValue = Json;

/** The tags that an object of one key may carry; anything else is an ordinary map. */
export const valueTags = [
  "$int",
  "$float",
  "$bytes",
  "$datetime",
  "$duration",
  "$enum",
  "$range",
  "$handle",
  "$map",
] as const;
export type ValueTag = (typeof valueTags)[number];

export function tagOf(value: CanonicalValue): ValueTag | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const keys = Object.keys(value);
  const only = keys.length === 1 ? keys[0] : undefined;
  return valueTags.find((tag) => tag === only);
}

/** What a `.pg` type kind a canonical value is of, as a person would call it. */
export function kindOfValue(
  value: CanonicalValue,
): "none" | "bool" | "int" | "float" | "string" | "list" | "map" | ValueTag {
  if (value === null) return "none";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "string") return "string";
  if (Array.isArray(value)) return "list";
  return tagOf(value) ?? "map";
}
