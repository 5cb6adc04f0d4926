/** A line's tokens, read from left to right. The first thing that does not fit is reported, the rest of the line not. */
import { problems } from "../diagnose/catalogue.ts";
import type { Findings } from "../diagnose/findings.ts";
import type { Problem } from "../diagnose/problem.ts";
import { sizes } from "../source/sizes.ts";
import type { SourceFile, Span } from "../source/source-file.ts";
import type { SourceLine } from "./source-line.ts";
import type { Token, TokenKind } from "./token.ts";
import type { Name } from "./tree.ts";

export class TokenReader {
  readonly line: SourceLine;
  readonly #source: SourceFile;
  readonly #findings: Findings;
  #at = 0;
  #failed = false;

  constructor(source: SourceFile, findings: Findings, line: SourceLine) {
    this.#source = source;
    this.#findings = findings;
    this.line = line;
  }

  get failed(): boolean {
    return this.#failed;
  }

  get ended(): boolean {
    return this.#at >= this.line.body.length;
  }

  /** The place of the next token, or the line's end. */
  get here(): Span {
    return this.peek() ?? { start: this.line.end, end: this.line.end };
  }

  peek(ahead = 0): Token | undefined {
    return this.line.body[this.#at + ahead];
  }

  is(kind: TokenKind, ahead = 0): boolean {
    return this.peek(ahead)?.kind === kind;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === "name" && this.text(token) === word;
  }

  next(): Token | undefined {
    const token = this.peek();
    if (token !== undefined) this.#at++;
    return token;
  }

  /** Back to the line's first token: where the first production turns out to be another. */
  rewind(): void {
    this.#at = 0;
  }

  take(kind: TokenKind): Token | undefined {
    return this.is(kind) ? this.next() : undefined;
  }

  expect(kind: TokenKind, what: string): Token | undefined {
    return this.take(kind) ?? this.expected(what);
  }

  expected(what: string): undefined {
    const token = this.peek();
    if (token?.kind === "unknown") return this.fail(problems.unknownCharacters, token, this.text(token));
    const seen = token === undefined ? "the end of the line" : `'${this.text(token)}'`;
    return this.fail(problems.expected, this.here, what, seen);
  }

  /** Reports, unless the line has failed before. */
  fail<Details extends readonly unknown[]>(problem: Problem<Details>, at: Span, ...details: Details): undefined {
    if (!this.#failed) this.#findings.report(problem, at, ...details);
    this.#failed = true;
    return undefined;
  }

  text(token: Span): string {
    return this.#source.text.slice(token.start, token.end);
  }

  name(token: Token): Name {
    const name = { text: this.text(token), start: token.start, end: token.end };
    this.allows(name.text, name);
    return name;
  }

  /** Whether a name or a path is as long as one may be; reported where it is not. */
  allows({ length }: string, at: Span): boolean {
    const isTooLong = length > sizes.nameCharacters;
    if (isTooLong) this.fail(problems.tooLarge, at, "the name", length, "characters", sizes.nameCharacters);
    return !isTooLong;
  }
}
