import { type CanonicalValue, tagOf, type ValueTag } from "@polyglot/contracts";

/** What stands under a tag; undefined for a value with another tag, or none. */
export function contentOf(value: CanonicalValue, tag: ValueTag): CanonicalValue | undefined {
  if (tagOf(value) !== tag) return undefined;
  return (value as { readonly [key: string]: CanonicalValue })[tag];
}

/** The text under a tag. */
export function wordOf(value: CanonicalValue, tag: ValueTag): string | undefined {
  const content = contentOf(value, tag);
  return typeof content === "string" ? content : undefined;
}

/** The name of an enum's member, of the member itself or of text: `Info` of `#LogLevel.Info`. */
export function memberOf(value: CanonicalValue): string | undefined {
  const name = typeof value === "string" ? value : wordOf(value, "$enum");
  return name?.split(".").at(-1);
}
