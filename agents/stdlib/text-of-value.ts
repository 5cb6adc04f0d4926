/** How a value reads inside of text: `"{name}"`. See `language.md` 1, Values. */
import { type CanonicalValue, tagOf } from "@polyglot/contracts";
import { contentOf, wordOf } from "./tagged.ts";

export type Text =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "untextual"; readonly what: string };

/** Text as it is; numbers, True, None as `.pg` writes them; date-times and durations in ISO 8601; lists and maps as JSON. */
export function textOfValue(value: CanonicalValue): Text {
  if (typeof value === "string") return text(value);
  if (value === null) return text("None");
  if (value === true) return text("True");
  if (value === false) return text("False");
  return textOfTagged(value) ?? jsonOfValue(value);
}

const text = (content: string): Text => ({ kind: "text", text: content });

/** Undefined for lists and maps. */
function textOfTagged(value: CanonicalValue): Text | undefined {
  const tag = tagOf(value);
  if (tag === undefined || tag === "$map" || tag === "$range") return undefined;
  if (tag === "$bytes") return { kind: "untextual", what: "bytes" };
  if (tag === "$handle") return { kind: "untextual", what: "a handle" };
  if (tag === "$duration") return text(isoDuration(contentOf(value, tag) as { months: number; seconds: number }));
  const word = wordOf(value, tag) ?? "";
  if (tag === "$float") return text(textOfFloat(word));
  return text(tag === "$enum" ? word.replace(/^.*#/, "") : word);
}

/** `1` is an int, so a float that is integral shows its point. */
const textOfFloat = (digits: string): string => (/^-?\d+$/.test(digits) ? `${digits}.0` : digits);

/** ISO 8601: `P1Y2M`, `PT1.5S`, `PT0S`. */
function isoDuration({ months, seconds }: { months: number; seconds: number }): string {
  const date = months === 0 ? "" : `${months}M`;
  const time = seconds === 0 && months !== 0 ? "" : `T${seconds}S`;
  return `P${date}${time}`;
}

/** As JSON: what JSON lacks is written as its text. */
export function jsonOfValue(value: CanonicalValue): Text {
  if (Array.isArray(value))
    return joined(
      "[",
      "]",
      value.map((item) => jsonOfValue(item)),
    );
  if (value === null || typeof value !== "object") return text(JSON.stringify(value));
  const range = contentOf(value, "$range");
  if (range !== undefined) return jsonOfValue(range);
  const scalar = textOfTagged(value);
  if (scalar === undefined) return joined("{", "}", entriesOf(value).map(jsonOfEntry));
  return scalar.kind === "text" && !isNumber(value) ? text(JSON.stringify(scalar.text)) : scalar;
}

const isNumber = (value: CanonicalValue): boolean => ["$int", "$float"].includes(tagOf(value) ?? "");

function entriesOf(map: CanonicalValue): readonly [CanonicalValue, CanonicalValue][] {
  const pairs = contentOf(map, "$map");
  return (pairs ?? Object.entries(map as object)) as [CanonicalValue, CanonicalValue][];
}

/** JSON has text keys only: any other key is written as it reads in text. */
function jsonOfEntry([key, item]: readonly [CanonicalValue, CanonicalValue]): Text {
  const name = textOfValue(key);
  const value = jsonOfValue(item);
  if (name.kind !== "text") return name;
  return value.kind === "text" ? text(`${JSON.stringify(name.text)}:${value.text}`) : value;
}

function joined(open: string, close: string, items: readonly Text[]): Text {
  const parts: string[] = [];
  for (const item of items) {
    if (item.kind !== "text") return item;
    parts.push(item.text);
  }
  return text(open + parts.join(",") + close);
}
