/** What follows a line's element. One function per production of the grammar. */
import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import type { ElementKind } from "./element.ts";
import { parseCall, parseOptionalType, parseStep, startsCall } from "./parse-call.ts";
import { reservedWords, parseDottedName, parseNamespace, parseReference, parseSimpleName } from "./parse-name.ts";
import { parsePlainString, stringPrefix } from "./parse-string.ts";
import { parseErrorType, parseType } from "./parse-type.ts";
import { parseValue } from "./parse-value.ts";
import type { Token } from "./token.ts";
import type { TokenReader } from "./token-reader.ts";
import type { BodyNode, ImportTarget, Name } from "./tree.ts";

type Parse = (reader: TokenReader) => BodyNode | undefined;

const parseByElement: Record<ElementKind, Parse> = {
  import: parseImportLine,
  define: parseDefine,
  exit: parseExit,
  enum: parseBlockName,
  pipeline: parseBlockName,
  macro: parseBlockName,
  inject: () => undefined,
  input: parseInput,
  trigger: parseCall,
  queue: parseCall,
  wrap: parseCall,
  setup: parseStep,
  run: parseStep,
  fork: parseStep,
  back: parseStep,
  join: parseCall,
  switch: parseSwitch,
  error: parseCatch,
  clean: parseStep,
  output: parseOutput,
};

/** Answers undefined where the line has no body or is in error; the reader knows which. */
export function parseBody(reader: TokenReader, element: ElementKind): BodyNode | undefined {
  const body = parseByElement[element](reader);
  if (!reader.failed && !reader.ended) reader.expected("the end of the line");
  return reader.failed ? undefined : body;
}

function spanFrom(reader: TokenReader, start: number): Span {
  return { start, end: reader.line.end };
}

/** `namespace[#n]`, or in a pipeline `["@" alias] << @namespace`. */
function parseImportLine(reader: TokenReader): BodyNode | undefined {
  if (reader.is("@") || reader.is("<<")) return parseLocalImport(reader);
  const { start } = reader.here;
  const name = parseNamespace(reader);
  if (name === undefined) return undefined;
  if (reader.take("#") === undefined) return { kind: "namespace", name, ...spanFrom(reader, start) };
  const part = parsePart(reader);
  return part === undefined ? undefined : { kind: "namespace", name, part, ...spanFrom(reader, start) };
}

function parsePart(reader: TokenReader): number | undefined {
  const token = reader.peek();
  const isPart = token?.kind === "number" && /^[1-9]\d{0,5}$/.test(reader.text(token));
  if (!isPart) return reader.expected("the number of the part, from 1");
  reader.next();
  return Number(reader.text(token));
}

function parseLocalImport(reader: TokenReader): BodyNode | undefined {
  const { start } = reader.here;
  const alias = reader.is("@") ? parseAlias(reader) : undefined;
  if (reader.failed || reader.expect("<<", "'<<'") === undefined) return undefined;
  const target = parseNamespaceTarget(reader);
  return target && { kind: "import", ...(alias && { alias }), target, ...spanFrom(reader, start) };
}

function parseAlias(reader: TokenReader): Name | undefined {
  const name = parseReference(reader);
  if (name !== undefined && reservedWords.has(name.text)) {
    return reader.fail(problems.reservedName, { start: name.start + "@".length, end: name.end }, name.text);
  }
  if (name === undefined || /^[A-Za-z_]\w*$/.test(name.text)) return name;
  return reader.fail(problems.expected, name, "one word as the import's name", `'${name.text}'`);
}

function parseNamespaceTarget(reader: TokenReader): ImportTarget | undefined {
  const name = parseReference(reader);
  return name && { kind: "namespace", name: name.text, start: name.start, end: name.end };
}

/** `@alias << target`, `type >> lang\name`, or a member of an enumeration. */
function parseDefine(reader: TokenReader): BodyNode | undefined {
  if (reader.is("@")) return parseImport(reader);
  if (reader.is("type")) return parseTypeAlias(reader);
  const name = parseSimpleName(reader, "an import, a type alias or a member's name");
  return name && { kind: "name", name, start: name.start, end: name.end };
}

function parseImport(reader: TokenReader): BodyNode | undefined {
  const { start } = reader.here;
  const alias = parseAlias(reader);
  if (alias === undefined || reader.expect("<<", "'<<'") === undefined) return undefined;
  const target = parseImportTarget(reader);
  return target && { kind: "import", alias, target, ...spanFrom(reader, start) };
}

function parseImportTarget(reader: TokenReader): ImportTarget | undefined {
  if (reader.is("@")) return parseNamespaceTarget(reader);
  const path = reader.take("path");
  if (path !== undefined) return parsePathTarget(reader, path);
  const token = reader.expect("string", "a namespace, a path or native code");
  return token && parseNativeTarget(reader, token);
}

function parsePathTarget(reader: TokenReader, { start, end }: Token): ImportTarget | undefined {
  const path = reader.text({ start, end });
  return reader.allows(path, { start, end }) ? { kind: "path", path, start, end } : undefined;
}

const nativePrefixes = ["py", "js", "rust", "cpp"] as const;

function parseNativeTarget(reader: TokenReader, token: Token): ImportTarget | undefined {
  const prefix = stringPrefix(reader, token);
  const lang = nativePrefixes.find((known) => known === prefix);
  if (lang === undefined) {
    const seen = prefix === "" ? "a string without language" : `a ${prefix}"…" string`;
    return reader.fail(problems.expected, token, 'py"…", js"…", rust"…" or cpp"…"', seen);
  }
  const path = parsePlainString(reader, token);
  if (path === undefined || !reader.allows(path, token)) return undefined;
  return { kind: "native", lang, path, start: token.start, end: token.end };
}

function parseTypeAlias(reader: TokenReader): BodyNode | undefined {
  const of = parseType(reader);
  if (of === undefined || reader.expect(">>", "'>>'") === undefined) return undefined;
  const alias = parseType(reader);
  if (alias === undefined) return undefined;
  const [lang = "", text = ""] = alias.text.split("\\");
  const isName = /^[A-Za-z_]\w*$/.test(text);
  if (!isName || !of.text.startsWith(`${lang}\\`)) {
    return reader.fail(problems.expected, alias, `a name of the same language as ${of.text}`, `'${alias.text}'`);
  }
  return {
    kind: "alias",
    of,
    lang,
    name: { text, start: alias.start, end: alias.end },
    start: of.start,
    end: alias.end,
  };
}

/** Nothing, or a call: `|Exit << code`. */
function parseExit(reader: TokenReader): BodyNode | undefined {
  return reader.ended ? undefined : parseCall(reader);
}

function parseBlockName(reader: TokenReader): BodyNode | undefined {
  const name = parseDottedName(reader, "a name");
  return name && { kind: "name", name, start: name.start, end: name.end };
}

/** `name: type`, `Default name: type << value` or `None`. */
function parseInput(reader: TokenReader): BodyNode | undefined {
  const nothing = parseNothing(reader);
  if (nothing !== undefined) return nothing;
  const { start } = reader.here;
  const isDefault = reader.isWord("Default");
  if (isDefault) reader.next();
  const name = parseSimpleName(reader, "an input's name");
  if (name === undefined || reader.expect(":", "':' and a type") === undefined) return undefined;
  const type = parseType(reader);
  if (type === undefined) return undefined;
  if (!isDefault) return { kind: "declaration", name, type, isDefault, ...spanFrom(reader, start) };
  const value = reader.expect("<<", "'<<' and the default") && parseValue(reader);
  return value && { kind: "declaration", name, type, isDefault, value, ...spanFrom(reader, start) };
}

function parseNothing(reader: TokenReader): BodyNode | undefined {
  const token = reader.isWord("None") && reader.line.body.length === 1 ? reader.next() : undefined;
  return token && { kind: "none", start: token.start, end: token.end };
}

/** `value ?> value`, `value ?> Default`, or a call. */
function parseSwitch(reader: TokenReader): BodyNode | undefined {
  if (startsCall(reader)) return parseCall(reader);
  const { start } = reader.here;
  const left = parseValue(reader);
  if (left === undefined) return undefined;
  // The flow form of a call: `a, b >> |Name`.
  if (reader.is(",") || reader.is(">>") || reader.is(":")) return parseFlowAgain(reader);
  if (reader.expect("?>", "'?>'") === undefined) return undefined;
  if (reader.isWord("Default") && reader.next())
    return { kind: "compare", left, right: "default", ...spanFrom(reader, start) };
  const right = parseValue(reader);
  return right && { kind: "compare", left, right, ...spanFrom(reader, start) };
}

function parseFlowAgain(reader: TokenReader): BodyNode | undefined {
  reader.rewind();
  const step = parseStep(reader);
  if (step === undefined || step.kind === "call") return step;
  return reader.fail(problems.expected, step, "'?>' or a call", "an assignment");
}

/** `!> type` or `!> name: type`. */
function parseCatch(reader: TokenReader): BodyNode | undefined {
  const { start } = reader.here;
  if (reader.expect("!>", "'!>' and an error type") === undefined) return undefined;
  const name = reader.is("name") ? parseSimpleName(reader, "a name for the error") : undefined;
  if (name !== undefined && reader.expect(":", "':' and an error type") === undefined) return undefined;
  const error = reader.failed ? undefined : parseErrorType(reader);
  return error && { kind: "catch", error, ...(name && { name }), ...spanFrom(reader, start) };
}

/** `>> name [: type] [<< value]`, `name` or `None`. */
function parseOutput(reader: TokenReader): BodyNode | undefined {
  const nothing = parseNothing(reader);
  if (nothing !== undefined) return nothing;
  const { start } = reader.here;
  const isFull = reader.take(">>") !== undefined;
  const name = parseSimpleName(reader, "an output's name");
  if (name === undefined || !isFull) return name && { kind: "output", name, ...spanFrom(reader, start) };
  const type = parseOptionalType(reader);
  const value = !reader.failed && reader.take("<<") ? parseValue(reader) : undefined;
  return { kind: "output", name, ...(type && { type }), ...(value && { value }), ...spanFrom(reader, start) };
}
