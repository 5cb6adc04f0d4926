import { formatTypeName, parseTypeName } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { TokenReader } from "./token-reader.ts";
import type { Name, TypeNode } from "./tree.ts";

/** `lang\name`, with its arguments in one token. Written without white space and `std::`. */
export function parseType(reader: TokenReader): TypeNode | undefined {
  const token = reader.expect("type", "a type such as pg\\string");
  if (token === undefined) return undefined;
  if (token.unclosed === true) return reader.fail(problems.unclosedType, token);
  const text = reader.text(token);
  const type = plain.test(text) ? text : canonicalType(text);
  if (type === undefined) return reader.fail(problems.invalidType, token, text);
  return { text: type, start: token.start, end: token.end };
}

/** Without arguments, white space and `::` a type is canonical as it stands. */
const plain = /^\w+\\\w+$/;

function canonicalType(text: string): string | undefined {
  const type = parseTypeName(text);
  return type && formatTypeName(type);
}

/** `lang\!name`. */
export function parseErrorType(reader: TokenReader): Name | undefined {
  const token = reader.expect("error-type", "an error type such as pg\\!Any");
  return token === undefined ? undefined : reader.name(token);
}
