import { type CanonicalValue, tagOf } from "@polyglot/contracts";

/** A canonical value as a person reads it: like JSON, its tags resolved. For machines there is `-o json`. */
export function valueText(value: CanonicalValue): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(valueText).join(", ")}]`;
  const tag = tagOf(value);
  if (tag !== undefined) return taggedText(tag, value[tag] ?? null);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${valueText(item)}`)
    .join(", ")}}`;
}

/** What stands behind a tag is text for some and a structure for others. */
function taggedText(tag: string, inner: CanonicalValue): string {
  if (typeof inner === "string") return (texts[tag] ?? ((text: string) => text))(inner);
  if (tag === "$range" && isList(inner)) return inner.map((end) => (end === null ? "" : valueText(end))).join("..");
  if (tag === "$map" && isList(inner)) return `{${inner.map(pairText).join(", ")}}`;
  if (tag === "$duration" && inner !== null && typeof inner === "object" && !isList(inner)) return durationText(inner);
  return JSON.stringify(inner);
}

const texts: Readonly<Record<string, (text: string) => string>> = {
  $float: (text) => (/^-?\d+$/.test(text) ? `${text}.0` : text),
  $enum: (text) => `#${text.slice(text.indexOf("#") + 1)}`,
  $bytes: (text) => `<${Buffer.from(text, "base64").byteLength} bytes>`,
};

const pairText = (pair: CanonicalValue): string => (isList(pair) ? pair.map(valueText).join(": ") : valueText(pair));

function durationText(duration: { readonly [part: string]: CanonicalValue }): string {
  const { months = 0, seconds = 0 } = duration;
  return months === 0 ? `${valueText(seconds)} s` : `${valueText(months)} months ${valueText(seconds)} s`;
}

/** `Array.isArray` does not narrow a list that is read-only. */
const isList = (value: CanonicalValue): value is readonly CanonicalValue[] => Array.isArray(value);
