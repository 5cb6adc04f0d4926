/** Maps in either of their canonical forms: an object, or `$map` where a key is no text or looks like a tag. */
import { type CanonicalValue, tagOf } from "@polyglot/contracts";
import { contentOf } from "./tagged.ts";

export type Pair = readonly [CanonicalValue, CanonicalValue];

/** Entries of a map; undefined for anything else. */
export function pairsOf(value: CanonicalValue): readonly Pair[] | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const tag = tagOf(value);
  if (tag === "$map") return contentOf(value, tag) as readonly Pair[];
  return tag === undefined ? Object.entries(value) : undefined;
}

export function mapOf(pairs: readonly Pair[]): CanonicalValue {
  const isPlain = pairs.every(([key]) => typeof key === "string" && !key.startsWith("$"));
  return isPlain
    ? (Object.fromEntries(pairs) as CanonicalValue)
    : { $map: pairs as readonly (readonly CanonicalValue[])[] };
}
