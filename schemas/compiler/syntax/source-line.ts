/** Tokens to lines: `[~]` counted, `[^]` lines joined to the line they continue, blank lines and comments left out. */
import type { Findings } from "../diagnose/findings.ts";
import { problems } from "../diagnose/catalogue.ts";
import type { SourceFile, Span } from "../source/source-file.ts";
import type { ElementKind } from "./element.ts";
import { isTrivia, type Token } from "./token.ts";

export interface SourceLine extends Span {
  readonly depth: number;
  /** `io` where the line starts with `<<`, `>>` or `<|<`. */
  readonly element: ElementKind | "io";
  /** Where the element stands; for an IO line its first token. */
  readonly head: Span;
  /** The tokens after the element, without trivia. */
  readonly body: readonly Token[];
}

export function splitLines(source: SourceFile, tokens: readonly Token[], findings: Findings): SourceLine[] {
  reportTextProblems(source, tokens, findings);
  return new LineSplitter(source, findings).split(tokens);
}

function reportTextProblems(source: SourceFile, tokens: readonly Token[], findings: Findings): void {
  for (const start of source.undecodable) {
    const newline = source.text.indexOf("\n", start);
    findings.report(problems.notUtf8, { start, end: newline === -1 ? source.text.length : newline });
  }
  for (const token of tokens) {
    if (token.kind === "comment" && token.unclosed === true) {
      findings.report(problems.unclosedComment, { start: token.start, end: token.start + 2 });
    }
  }
}

interface OpenLine {
  depth: number;
  element: ElementKind | "io";
  head: Span;
  body: Token[];
}

class LineSplitter {
  readonly #source: SourceFile;
  readonly #findings: Findings;
  readonly #lines: SourceLine[] = [];
  #open: OpenLine | undefined;
  /** The last line was in error, so what continues it is passed over. */
  #skipping = false;

  constructor(source: SourceFile, findings: Findings) {
    this.#source = source;
    this.#findings = findings;
  }

  split(tokens: readonly Token[]): SourceLine[] {
    let physical: Token[] = [];
    for (const token of tokens) {
      const endsLine = token.kind === "newline" || (token.kind === "comment" && this.#text(token).includes("\n"));
      if (!isTrivia(token)) physical.push(token);
      if (!endsLine) continue;
      this.#add(physical);
      physical = [];
    }
    this.#add(physical);
    this.#close();
    return this.#lines;
  }

  #add(tokens: readonly Token[]): void {
    if (tokens.length === 0) return;
    const depth = tokens.findIndex((token) => token.element !== "deeper");
    const first = tokens[depth];
    if (first?.element === "continue") return this.#continue(first, tokens.slice(depth + 1));
    this.#close();
    this.#skipping = first === undefined || !this.#start(first, depth, tokens.slice(depth + 1));
    if (first === undefined) this.#findings.report(problems.emptyDepth, spanOf(tokens));
  }

  #continue(mark: Token, tokens: readonly Token[]): void {
    if (this.#open !== undefined) this.#open.body.push(...tokens);
    else if (!this.#skipping) this.#findings.report(problems.nothingToContinue, mark);
  }

  #start(first: Token, depth: number, rest: readonly Token[]): boolean {
    if (first.kind === "<<" || first.kind === ">>" || first.kind === "<|<") {
      this.#open = { depth, element: "io", head: first, body: [first, ...rest] };
      return true;
    }
    if (first.kind !== "element") {
      this.#findings.report(problems.noElement, first, this.#text(first));
      return false;
    }
    if (first.element === undefined || first.element === "deeper" || first.element === "continue") {
      this.#findings.report(problems.unknownElement, first, this.#text(first));
      return false;
    }
    this.#open = { depth, element: first.element, head: first, body: [...rest] };
    return true;
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { head, body } = this.#open;
    this.#lines.push({ ...this.#open, start: head.start, end: body.at(-1)?.end ?? head.end });
    this.#open = undefined;
  }

  #text(token: Span): string {
    return this.#source.text.slice(token.start, token.end);
  }
}

function spanOf(tokens: readonly Token[]): Span {
  return { start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 };
}
