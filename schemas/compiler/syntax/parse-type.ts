import { formatTypeName, parseTypeName } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { TokenReader } from "./token-reader.ts";
import type { Name, TypeNode } from "./tree.ts";

/** `lang\name`, with its arguments in one token. Written without white space and `std::`. */
export function parseType(reader: TokenReader): TypeNode | undefined {
  const token = reader.expect("type", "a type such as pg\\string");
  if (token === undefined) return undefined;
  if (token.unclosed === true) return reader.fail(problems.unclosedType, token);
  const type = parseTypeName(reader.text(token));
  if (type === undefined) return reader.fail(problems.invalidType, token, reader.text(token));
  return { text: formatTypeName(type), start: token.start, end: token.end };
}

/** `lang\!name`. */
export function parseErrorType(reader: TokenReader): Name | undefined {
  const token = reader.expect("error-type", "an error type such as pg\\!Any");
  return token === undefined ? undefined : reader.name(token);
}
