import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import { parseReference, reservedWords } from "./parse-name.ts";
import { parsePlainString, parseStringParts, stringPrefix } from "./parse-string.ts";
import { parseTime } from "./parse-time.ts";
import type { Token } from "./token.ts";
import type { TokenReader } from "./token-reader.ts";
import type { MapEntry, Name, ValueNode } from "./tree.ts";

/** How deep values, types and lines nest. */
export const maxNesting = 100;

export function parseValue(reader: TokenReader, depth = 0): ValueNode | undefined {
  if (depth > maxNesting) return reader.fail(problems.tooDeep, reader.here, maxNesting);
  if (reader.is("string")) return parseStringValue(reader);
  if (reader.is("number")) return parseNumber(reader);
  if (reader.is("name")) return parseWord(reader);
  if (reader.is("@") || reader.is("#")) return parseEnum(reader);
  if (reader.is("[")) return parseList(reader, depth);
  if (reader.is("{")) return parseMap(reader, depth);
  return reader.expected("a value");
}

function parseStringValue(reader: TokenReader): ValueNode | undefined {
  const token = reader.next() as Token;
  const prefix = stringPrefix(reader, token);
  if (prefix === "T") return parseTimeValue(reader, token);
  if (prefix !== "" && prefix !== "f") return reader.fail(problems.stringPrefix, token, prefix);
  const parts = parseStringParts(reader, token, true);
  return parts && { kind: "string", parts, ...spanOf(token) };
}

function parseTimeValue(reader: TokenReader, token: Token): ValueNode | undefined {
  const text = parsePlainString(reader, token);
  if (text === undefined) return undefined;
  const time = parseTime(text);
  return time === undefined ? reader.fail(problems.invalidTime, token, text) : { ...time, ...spanOf(token) };
}

const integer = /^-?\d+(?:_\d+)*$/;
const float = /^-?\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?$/;

function parseNumber(reader: TokenReader): ValueNode | undefined {
  const token = reader.next() as Token;
  const text = reader.text(token);
  const plain = text.replaceAll("_", "");
  if (integer.test(text)) return { kind: "int", value: BigInt(plain), ...spanOf(token) };
  const value = Number(plain);
  const isFloat = float.test(text) && Number.isFinite(value);
  return isFloat ? { kind: "float", value, ...spanOf(token) } : reader.fail(problems.invalidNumber, token, text);
}

function parseWord(reader: TokenReader): ValueNode | undefined {
  const token = reader.next() as Token;
  const text = reader.text(token);
  const [name = "", ...path] = text.split(".");
  if (text === "True" || text === "False") return { kind: "bool", value: text === "True", ...spanOf(token) };
  if (text === "None") return { kind: "none", ...spanOf(token) };
  if (reservedWords.has(name)) return reader.fail(problems.reservedName, token, text);
  return { kind: "variable", name, path, ...spanOf(token) };
}

function parseEnum(reader: TokenReader): ValueNode | undefined {
  const start = reader.here.start;
  const space = reader.is("@") ? parseReference(reader) : undefined;
  if (reader.failed || reader.expect("#", "'#' and an enum member") === undefined) return undefined;
  const token = reader.peek();
  const [name = "", member, ...more] = token?.kind === "name" ? reader.text(token).split(".") : [];
  if (token === undefined || member === undefined || more.length > 0) return reader.expected("Enum.Member");
  reader.next();
  return { kind: "enum", ...(space && { space }), name, member, start, end: token.end };
}

function parseList(reader: TokenReader, depth: number): ValueNode | undefined {
  const start = reader.here.start;
  reader.next();
  const items: ValueNode[] = [];
  while (!reader.is("]")) {
    const item = parseValue(reader, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    if (reader.take(",") === undefined) break;
  }
  const end = reader.expect("]", "',' or ']'");
  return end && { kind: "list", items, start, end: end.end };
}

function parseMap(reader: TokenReader, depth: number): ValueNode | undefined {
  const start = reader.here.start;
  reader.next();
  const entries: MapEntry[] = [];
  const seen = new Set<string>();
  while (!reader.is("}")) {
    const entry = parseEntry(reader, depth);
    if (entry === undefined) return undefined;
    if (seen.has(entry.key.text)) return reader.fail(problems.duplicateKey, entry.key, entry.key.text);
    seen.add(entry.key.text);
    entries.push(entry);
    if (reader.take(",") === undefined) break;
  }
  const end = reader.expect("}", "',' or '}'");
  return end && { kind: "map", entries, start, end: end.end };
}

function parseEntry(reader: TokenReader, depth: number): MapEntry | undefined {
  const key = parseKey(reader);
  if (key === undefined || reader.expect(":", "':'") === undefined) return undefined;
  const value = parseValue(reader, depth + 1);
  return value && { key, value };
}

function parseKey(reader: TokenReader): Name | undefined {
  const token = reader.expect("string", 'a key such as "name"');
  const text = token && parsePlainString(reader, token);
  return token === undefined || text === undefined ? undefined : { text, ...spanOf(token) };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
