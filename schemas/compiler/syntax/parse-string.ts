/** Strings: escapes, and `{name.field}` where a name path and `}` follow directly. */
import { problems } from "../diagnose/catalogue.ts";
import { reservedWords } from "./parse-name.ts";
import type { Token } from "./token.ts";
import type { TokenReader } from "./token-reader.ts";
import type { VariableNode } from "./tree.ts";

const escapes: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", n: "\n", t: "\t", r: "\r", "{": "{" };
const plain = /[^\\{]+/y;
const unicode = /\\u\{([0-9A-Fa-f]{1,6})\}/y;
const interpolation = /\{([A-Za-z_]\w*)((?:\.\w+)*)\}/y;

/** The prefix of a string token: what stands before its quote. */
export function stringPrefix(reader: TokenReader, token: Token): string {
  const text = reader.text(token);
  return text.slice(0, text.indexOf('"'));
}

/** The text of a string that does not interpolate. */
export function parsePlainString(reader: TokenReader, token: Token): string | undefined {
  const parts = parseStringParts(reader, token, false);
  return parts?.filter((part) => typeof part === "string").join("");
}

/** Neighbouring texts are joined; the empty string has no parts. */
export function parseStringParts(
  reader: TokenReader,
  token: Token,
  interpolates: boolean,
): (string | VariableNode)[] | undefined {
  if (token.unclosed === true) return reader.fail(problems.unclosedString, token);
  const quote = token.start + stringPrefix(reader, token).length;
  const inside = reader.text({ start: quote + 1, end: token.end - 1 });
  return new StringParser(reader, inside, quote + 1, interpolates).parse();
}

class StringParser {
  readonly #reader: TokenReader;
  readonly #text: string;
  readonly #offset: number;
  readonly #interpolates: boolean;
  readonly #parts: (string | VariableNode)[] = [];
  #pending: string[] = [];
  #at = 0;

  constructor(reader: TokenReader, text: string, offset: number, interpolates: boolean) {
    this.#reader = reader;
    this.#text = text;
    this.#offset = offset;
    this.#interpolates = interpolates;
  }

  parse(): (string | VariableNode)[] | undefined {
    while (this.#at < this.#text.length) {
      if (!this.#plain() && !this.#variable() && !this.#escape()) return undefined;
    }
    this.#flush();
    return this.#parts;
  }

  #plain(): boolean {
    const found = this.#match(plain);
    if (found !== undefined) this.#pending.push(found[0]);
    return found !== undefined;
  }

  #variable(): boolean {
    if (this.#text[this.#at] !== "{") return false;
    const start = this.#offset + this.#at;
    const found = this.#interpolates ? this.#match(interpolation) : undefined;
    const name = found?.[1] ?? "";
    if (found === undefined || reservedWords.has(name)) {
      this.#pending.push(found?.[0] ?? "{");
      if (found === undefined) this.#at++;
      return true;
    }
    this.#flush();
    const path = (found[2] ?? "").split(".").slice(1);
    this.#parts.push({ kind: "variable", name, path, start, end: this.#offset + this.#at });
    return true;
  }

  #escape(): boolean {
    const start = this.#offset + this.#at;
    const code = this.#match(unicode)?.[1];
    if (code !== undefined) return this.#codePoint(Number.parseInt(code, 16), start);
    const letter = this.#text[this.#at + 1] ?? "";
    const meant = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (meant === undefined) return this.#unknown(start, start + 1 + letter.length);
    this.#pending.push(meant);
    this.#at += 2;
    return true;
  }

  #codePoint(code: number, start: number): boolean {
    const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    if (!isCharacter) return this.#unknown(start, this.#offset + this.#at);
    this.#pending.push(String.fromCodePoint(code));
    return true;
  }

  #unknown(start: number, end: number): false {
    this.#reader.fail(problems.unknownEscape, { start, end }, this.#reader.text({ start, end }));
    return false;
  }

  #flush(): void {
    if (this.#pending.length > 0) this.#parts.push(this.#pending.join(""));
    this.#pending = [];
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }
}
