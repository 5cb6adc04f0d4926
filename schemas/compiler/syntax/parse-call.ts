/** Calls in both forms, assignments, and the arguments, results and `<|<` of a line. */
import type { Span } from "../source/source-file.ts";
import { parseDottedName, parseReference, parseSimpleName } from "./parse-name.ts";
import { parseType } from "./parse-type.ts";
import { parseValue } from "./parse-value.ts";
import type { TokenReader } from "./token-reader.ts";
import type { AssignNode, CallNode, IoNode, Name, TypeNode, ValueNode } from "./tree.ts";

/** `[ref] |name io…`, `sources >> |name io…`, `name [: type] << value` or `value >> name [: type]`. */
export function parseStep(reader: TokenReader): CallNode | AssignNode | undefined {
  if (startsCall(reader)) return parseCall(reader);
  if (startsAssignment(reader)) return parseAssignment(reader);
  return parseFlow(reader);
}

export function startsCall(reader: TokenReader): boolean {
  if (reader.is("|")) return true;
  if (!reader.is("@")) return false;
  // `@Alias#Enum.Member` is a value.
  let ahead = 2;
  while (reader.is("namespace-tail", ahead)) ahead++;
  return !reader.is("#", ahead);
}

/** `given` are the sources that stood before the call in the flow form. */
export function parseCall(reader: TokenReader, given: readonly IoNode[] = []): CallNode | undefined {
  const start = given[0]?.start ?? reader.here.start;
  const space = reader.is("@") ? parseReference(reader) : undefined;
  if (reader.failed || reader.expect("|", "'|' and a name") === undefined) return undefined;
  const name = parseDottedName(reader, "a pipeline's or function's name");
  const io = name && parseIo(reader);
  return (
    io && name && { kind: "call", ...(space && { space }), name, io: [...given, ...io], start, end: reader.line.end }
  );
}

/** All that follows a name: the rest of the line. */
export function parseIo(reader: TokenReader): IoNode[] | undefined {
  const io: IoNode[] = [];
  while (!reader.ended) {
    const item = parseIoItem(reader);
    if (item === undefined) return undefined;
    io.push(item);
  }
  return io;
}

function parseIoItem(reader: TokenReader): IoNode | undefined {
  const start = reader.here.start;
  if (reader.take("<<")) return parseArgument(reader, start);
  if (reader.take(">>")) return parseResult(reader, start);
  if (!reader.take("<|<")) return reader.expected("'<<', '>>' or '<|<'");
  const label = parseDottedName(reader, "the name of a branch");
  return label && { kind: "after", label, start, end: label.end };
}

function parseArgument(reader: TokenReader, start: number): IoNode | undefined {
  if (!reader.is("name") || !reader.is(":", 1)) {
    const value = parseValue(reader);
    return value && { kind: "argument", value, start, end: value.end };
  }
  const name = parseSimpleName(reader, "an argument's name");
  reader.next();
  if (name === undefined) return undefined;
  return reader.is("type") ? parseTypedVariable(reader, start, name) : parseNamedArgument(reader, start, name);
}

function parseNamedArgument(reader: TokenReader, start: number, name: Name): IoNode | undefined {
  const value = parseValue(reader);
  return value && { kind: "argument", name, value, start, end: value.end };
}

function parseTypedVariable(reader: TokenReader, start: number, name: Name): IoNode | undefined {
  const as = parseType(reader);
  return as && { kind: "argument", value: variableOf(name), as, start, end: as.end };
}

function variableOf(name: Name): ValueNode {
  return { kind: "variable", name: name.text, path: [], start: name.start, end: name.end };
}

function parseResult(reader: TokenReader, start: number): IoNode | undefined {
  const nothing = reader.isWord("None") ? reader.next() : undefined;
  if (nothing !== undefined) return { kind: "result", start, end: nothing.end };
  const name = parseSimpleName(reader, "a variable's name");
  const type = name && parseOptionalType(reader);
  if (name === undefined || reader.failed) return undefined;
  return { kind: "result", name, ...(type && { type }), start, end: type?.end ?? name.end };
}

export function parseOptionalType(reader: TokenReader): TypeNode | undefined {
  return reader.take(":") === undefined ? undefined : parseType(reader);
}

function startsAssignment(reader: TokenReader): boolean {
  if (!reader.is("name")) return false;
  return reader.is("<<", 1) || (reader.is(":", 1) && reader.is("type", 2) && reader.is("<<", 3));
}

function parseAssignment(reader: TokenReader): AssignNode | undefined {
  const start = reader.here.start;
  const name = parseSimpleName(reader, "a variable's name");
  const type = name && parseOptionalType(reader);
  if (name === undefined || reader.failed || reader.expect("<<", "'<<'") === undefined) return undefined;
  const value = parseValue(reader);
  return value && { kind: "assign", name, ...(type && { type }), value, start, end: value.end };
}

/** `a: t, b >> |Name …`, or `value >> name [: type]`. */
function parseFlow(reader: TokenReader): CallNode | AssignNode | undefined {
  const sources = parseSources(reader);
  if (sources === undefined || reader.expect(">>", "'>>'") === undefined) return undefined;
  if (startsCall(reader)) return parseCall(reader, sources);
  const [source, second] = sources;
  if (source?.kind !== "argument" || source.as !== undefined || second !== undefined) {
    return reader.expected("a call after '>>'");
  }
  return parseTarget(reader, source.value, source);
}

function parseTarget(reader: TokenReader, value: ValueNode, source: Span): AssignNode | undefined {
  const name = parseSimpleName(reader, "a variable's name or a call");
  const type = name && parseOptionalType(reader);
  if (name === undefined || reader.failed) return undefined;
  return { kind: "assign", name, ...(type && { type }), value, start: source.start, end: type?.end ?? name.end };
}

function parseSources(reader: TokenReader): IoNode[] | undefined {
  const sources: IoNode[] = [];
  do {
    const source = parseSource(reader);
    if (source === undefined) return undefined;
    sources.push(source);
  } while (reader.take(",") !== undefined);
  return sources;
}

function parseSource(reader: TokenReader): IoNode | undefined {
  const start = reader.here.start;
  if (reader.is("name") && reader.is(":", 1)) {
    const name = parseSimpleName(reader, "a variable's name");
    reader.next();
    return name && parseTypedVariable(reader, start, name);
  }
  const value = parseValue(reader);
  return value && { kind: "argument", value, start, end: value.end };
}
