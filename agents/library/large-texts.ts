/**
 * JSON with its large texts behind it, so that neither side escapes them, searches them for quotes or copies them more
 * than once: one line of JSON, then the texts one after the other. In the JSON stands `{"$large": [start, length]}` in
 * UTF-16 units; no canonical value has that form, since a map's keys begin with `$` only under a tag.
 *
 * Taking a text of 64 MiB out of a frame held up the agent for 240 to 330 ms as JSON, and for 55 to 150 ms so (Node 24, two
 * shared cores under load).
 */
import type { Json } from "@polyglot/contracts";

/** Shorter ones stay in the JSON. UTF-16 units. */
const largeCharacters = 16_384;
/** How deep large texts are looked for: a message, its values, one map or list in them, a tag. */
const maxDepth = 5;
/** Longer lists are taken as they are. */
const maxItems = 64;

export function packTexts(message: object): string {
  const texts: string[] = [];
  let length = 0;
  const lift = (value: Json, depth: number): Json => {
    if (typeof value === "string") {
      if (value.length < largeCharacters) return value;
      texts.push(value);
      length += value.length;
      return { $large: [length - value.length, value.length] };
    }
    return mapInner(value, depth, (inner) => lift(inner, depth - 1));
  };
  const head = JSON.stringify(lift(message as Json, maxDepth));
  return texts.length === 0 ? head : `${head}\n${texts.join("")}`;
}

export function unpackTexts(body: string): unknown {
  const end = body.indexOf("\n");
  if (end === -1) return JSON.parse(body);
  const put = (value: Json, depth: number): Json => {
    const [start, length] = placeOf(value) ?? [];
    if (start !== undefined && length !== undefined) return body.substr(end + 1 + start, length);
    return mapInner(value, depth, (inner) => put(inner, depth - 1));
  };
  return put(JSON.parse(body.slice(0, end)) as Json, maxDepth);
}

function mapInner(value: Json, depth: number, change: (inner: Json) => Json): Json {
  if (depth === 0 || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.length > maxItems ? value : (value as Json[]).map(change);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}

function placeOf(value: Json): readonly number[] | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return "$large" in value ? (value.$large as readonly number[]) : undefined;
}
