/** Where parts of a YAML document stand in its file. */
import type { FieldPath } from "@polyglot/contracts";
import { type Document, isCollection, isMap, isNode, type ParsedNode, type YAMLMap } from "yaml";
import type { Span } from "../source/source-file.ts";

/**
 * The value at the path, or of the nearest part around it that exists. A map or list stands at its key: its own text
 * is that of all its fields.
 */
export function placeOf(document: Document.Parsed, path: FieldPath): Span {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as ParsedNode | undefined;
    if (!node?.range) continue;
    return isCollection(node) ? placeOfKey(document, path.slice(0, length)) : spanOf(node);
  }
  return firstCharacter(document.contents);
}

/** The last key of the path, for what is wrong with a field and not with its value. */
export function placeOfKey(document: Document.Parsed, path: FieldPath): Span {
  const around = path.slice(0, -1);
  const parent: unknown = around.length === 0 ? document.contents : document.getIn(around, true);
  const key = String(path.at(-1));
  const pair = isMap<ParsedNode, ParsedNode>(parent) ? pairsOf(parent).get(key) : undefined;
  return pair === undefined ? firstCharacter(document.getIn(path, true) ?? parent) : spanOf(pair.key);
}

type ParsedMap = YAMLMap<ParsedNode, ParsedNode>;
type ParsedPair = ParsedMap["items"][number];

/** Many fields of one map may be wrong. */
const pairs = new WeakMap<ParsedMap, ReadonlyMap<string, ParsedPair>>();

function pairsOf(map: ParsedMap): ReadonlyMap<string, ParsedPair> {
  const known = pairs.get(map);
  if (known !== undefined) return known;
  const found = new Map<string, ParsedPair>();
  for (const item of map.items) {
    const key = item.key.toString();
    if (!found.has(key)) found.set(key, item);
  }
  pairs.set(map, found);
  return found;
}

function firstCharacter(node: unknown): Span {
  const { start } = isNode(node) ? spanOf(node as ParsedNode) : { start: 0 };
  return { start, end: start + 1 };
}

export function spanOf(node: ParsedNode | null): Span {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}
