/** Names: of variables, of pipelines (dotted), of namespaces. */
import { isNamespace } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { TokenReader } from "./token-reader.ts";
import type { Name, Reference } from "./tree.ts";

export const reservedWords: ReadonlySet<string> = new Set(["True", "False", "None", "Default"]);

const simpleName = /^[A-Za-z_]\w*$/;
const dottedName = /^[A-Za-z]\w*(?:\.\w+)*$/;

/** A variable, an input, a label: one word. */
export function parseSimpleName(reader: TokenReader, what: string): Name | undefined {
  const token = reader.peek();
  if (token?.kind !== "name" || !simpleName.test(reader.text(token))) return reader.expected(what);
  const name = reader.name(token);
  if (reservedWords.has(name.text)) return reader.fail(problems.reservedName, name, name.text);
  reader.next();
  return name;
}

/** A pipeline, a function, a label: words joined by dots. */
export function parseDottedName(reader: TokenReader, what: string): Name | undefined {
  const token = reader.peek();
  if (token?.kind !== "name") return reader.expected(what);
  const name = reader.name(token);
  // Members of native modules may start with an underscore; whether they exist is asked later.
  if (!dottedName.test(name.text) && !/^_\w*(?:\.\w+)*$/.test(name.text)) return reader.expected(what);
  if (reservedWords.has(name.text)) return reader.fail(problems.reservedName, name, name.text);
  reader.next();
  return name;
}

/** `a.b>C`, which may break before a `>`. */
export function parseNamespace(reader: TokenReader, isReference = false): Name | undefined {
  const first = reader.expect("namespace", "a namespace");
  if (first === undefined) return undefined;
  let text = reader.text(first);
  let end = first.end;
  for (let tail = reader.take("namespace-tail"); tail !== undefined; tail = reader.take("namespace-tail")) {
    text += reader.text(tail);
    end = tail.end;
  }
  const span = { start: first.start, end };
  // An import that is not used on purpose has a name that starts with an underscore.
  const isValid = isNamespace(text) || (isReference && simpleName.test(text));
  if (!isValid) return reader.fail(problems.invalidNamespace, span, text);
  return reader.allows(text, span) ? { text, ...span } : undefined;
}

/** `@Alias` or `@a.b>C`, where one stands. */
export function parseReference(reader: TokenReader): Reference | undefined {
  const at = reader.expect("@", "'@'");
  const name = at === undefined ? undefined : parseNamespace(reader, true);
  return name === undefined || at === undefined ? undefined : { text: name.text, start: at.start, end: name.end };
}
