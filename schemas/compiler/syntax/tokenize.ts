/** Text to tokens, in one pass. Every character is in exactly one token; nothing fails, what is unknown says so. */
import type { ElementWord } from "./element.ts";
import { parseElement } from "./element.ts";
import { type Mark, marks, type Token, type TokenKind } from "./token.ts";

export function tokenize(text: string): Token[] {
  return new Tokenizer(text).run();
}

const space = /[ \t\r\v\f]+/y;
const name = /[A-Za-z_]\w*(?:\.\w+)*/y;
const namespace = /[A-Za-z_][\w.-]*(?:>[A-Za-z][\w.-]*)*/y;
const namespaceTail = /(?:>[A-Za-z][\w.-]*)+/y;
const number = /-?\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/y;
const elementForm = /\[(?:[A-Za-z]+|[@#|?!/\\~^])\]/y;
const stringStart = /(?:f|T|py|js|rust|cpp)?"/y;
const stringEnd = /[^"\\\n]*(?:\\[^\n][^"\\\n]*)*/y;
const path = /[^\s"@][^\s]*/y;
const errorType = /(?:pg|py|js|rust|cpp)\\![A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/y;
const typeStart = /(?:pg|py|js|rust|cpp)\\(?:&?[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*|(?<=rust\\)(?=\[))/y;
const typeInside = /[\w\s:,;&[\]]/;
const unknownRun = /[^\s\w"|@#:,[\]{}<>?!\\]+/y;

class Tokenizer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  /** Whether only `[~]` and `[^]` have stood on this line so far. */
  #atLineStart = true;
  #element: ElementWord | undefined;
  /** The last tokens of the line that are no trivia, to know where a namespace or a path may stand. */
  #last: TokenKind | undefined;
  #beforeLast: TokenKind | undefined;
  #inAlias = false;
  #noCommentEnd = false;
  /** A string of this line has no end: no later quote is looked at, so that many of them cost no square. */
  #stringOpen = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    while (this.#at < this.#text.length) this.#next();
    return this.#tokens;
  }

  #next(): void {
    if (this.#text[this.#at] === "\n") return this.#newline();
    if (this.#take(space, "space")) return;
    if (this.#atLineStart && this.#lineStart()) return;
    if (this.#comment()) return;
    if (this.#atLineStart) this.#startBody(undefined);
    if (this.#path() || this.#string() || this.#type() || this.#name() || this.#mark()) return;
    if (this.#take(number, "number") || this.#take(unknownRun, "unknown")) return;
    this.#push("unknown", this.#at + codePointLength(this.#text, this.#at));
  }

  #newline(): void {
    this.#push("newline", this.#at + 1);
    this.#stringOpen = false;
    this.#atLineStart = true;
  }

  /** `[\]` is read before comments. A `[..]` that names no element is one too, so that the parser can say so. */
  #lineStart(): boolean {
    const end = this.#match(elementForm);
    if (end === undefined) return false;
    const word = parseElement(this.#text.slice(this.#at + 1, end - 1));
    this.#push("element", end, word === undefined ? {} : { element: word });
    if (word === "deeper") return true;
    if (word === "continue") this.#atLineStart = false;
    else this.#startBody(word);
    return true;
  }

  #startBody(element: ElementWord | undefined): void {
    this.#atLineStart = false;
    this.#element = element;
    this.#last = undefined;
    this.#beforeLast = undefined;
    this.#inAlias = false;
  }

  #comment(): boolean {
    if (this.#text[this.#at] !== "\\") return false;
    if (this.#text[this.#at + 1] === "\\") return this.#push("comment", this.#lineEnd());
    if (this.#text[this.#at + 1] !== "*") return false;
    const end = this.#noCommentEnd ? -1 : this.#text.indexOf("*\\", this.#at + 2);
    // Remembered, so that many unclosed comments do not each search the whole file.
    if (end === -1) this.#noCommentEnd = true;
    if (end === -1) return this.#push("comment", this.#lineEnd(), { unclosed: true });
    const start = this.#at;
    this.#push("comment", end + 2);
    if (this.#text.slice(start, end).includes("\n")) this.#atLineStart = true;
    return true;
  }

  /** `[D] @Alias << ./path`, and the namespace in `[@] a.b>C`. */
  #path(): boolean {
    const isTarget =
      this.#element === "define" && this.#inAlias && this.#last === "<<" && this.#beforeLast === "namespace";
    if (isTarget && this.#match(stringStart) === undefined && this.#take(path, "path")) return true;
    const isNamespace = this.#last === "@" || (this.#element === "import" && this.#last === undefined);
    if (isNamespace && this.#take(namespace, "namespace")) return true;
    return this.#take(namespaceTail, "namespace-tail");
  }

  #string(): boolean {
    const start = this.#match(stringStart);
    if (start === undefined) return false;
    const end = this.#stringOpen ? start : this.#stringEnd(start);
    if (this.#text[end] === '"' && !this.#stringOpen) return this.#push("string", end + 1);
    this.#stringOpen = true;
    return this.#push("string", start, { unclosed: true });
  }

  #stringEnd(start: number): number {
    stringEnd.lastIndex = start;
    stringEnd.test(this.#text);
    return stringEnd.lastIndex;
  }

  #type(): boolean {
    if (this.#take(errorType, "error-type")) return true;
    const end = this.#match(typeStart);
    if (end === undefined) return false;
    const isGeneric = this.#text[end] === "<" && this.#text[end + 1] !== "<" && this.#text[end + 1] !== "|";
    if (isGeneric || this.#text[end - 1] === "\\") return this.#typeArguments(end);
    return this.#push("type", end);
  }

  #typeArguments(start: number): boolean {
    let depth = 0;
    let at = start;
    for (; at < this.#text.length; at++) {
      const char = this.#text[at] ?? "";
      if (char === "<" || char === "[") depth++;
      else if (char === ">" || char === "]") depth--;
      else if (char === "\n" || !typeInside.test(char)) break;
      if (depth === 0) return this.#push("type", at + 1);
    }
    return this.#push("type", at, { unclosed: true });
  }

  #name(): boolean {
    return this.#take(name, "name");
  }

  #mark(): boolean {
    const found = marks.find((mark) => this.#text.startsWith(mark, this.#at));
    return found !== undefined && this.#pushMark(found);
  }

  #pushMark(mark: Mark): boolean {
    if (mark === "@" && this.#last === undefined) this.#inAlias = true;
    return this.#push(mark, this.#at + mark.length);
  }

  #take(pattern: RegExp, kind: TokenKind): boolean {
    const end = this.#match(pattern);
    return end !== undefined && this.#push(kind, end);
  }

  #match(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text) && pattern.lastIndex > this.#at ? pattern.lastIndex : undefined;
  }

  #lineEnd(): number {
    const newline = this.#text.indexOf("\n", this.#at);
    const end = newline === -1 ? this.#text.length : newline;
    return this.#text[end - 1] === "\r" ? end - 1 : end;
  }

  #push(kind: TokenKind, end: number, more: Partial<Token> = {}): true {
    this.#tokens.push({ kind, start: this.#at, end, ...more });
    this.#at = end;
    if (kind !== "space" && kind !== "newline" && kind !== "comment" && kind !== "element") {
      this.#beforeLast = this.#last;
      this.#last = kind;
    }
    return true;
  }
}

function codePointLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
