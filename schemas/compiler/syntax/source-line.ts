/** Tokens to lines: `[~]` counted, `[^]` lines joined to the line they continue, blank lines and comments left out. */
import type { Findings } from "../diagnose/findings.ts";
import { problems } from "../diagnose/catalogue.ts";
import type { SourceFile, Span } from "../source/source-file.ts";
import type { ElementKind } from "./element.ts";
import { isTrivia, type Token } from "./token.ts";

/** `io` where the line starts with `<<`, `>>` or `<|<`; `unknown` where it starts with no element: it has been reported. */
export type LineElement = ElementKind | "io" | "unknown";

export interface SourceLine extends Span {
  readonly depth: number;
  readonly element: LineElement;
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
  element: LineElement;
  head: Span;
  body: Token[];
}

class LineSplitter {
  readonly #source: SourceFile;
  readonly #findings: Findings;
  readonly #lines: SourceLine[] = [];
  #open: OpenLine | undefined;

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
    if (first === undefined) {
      this.#close();
      return this.#findings.report(problems.emptyDepth, spanOf(tokens));
    }
    if (first.element === "continue") return this.#continue(first, tokens.slice(depth + 1));
    this.#close();
    this.#open = this.#start(first, depth, tokens.slice(depth + 1));
  }

  #continue(mark: Token, tokens: readonly Token[]): void {
    if (this.#open === undefined) return this.#findings.report(problems.nothingToContinue, mark);
    // One by one: a call takes no more arguments than fit on the stack.
    for (const token of tokens) this.#open.body.push(token);
  }

  #start(first: Token, depth: number, rest: Token[]): OpenLine {
    if (first.kind === "<<" || first.kind === ">>" || first.kind === "<|<") {
      return { depth, element: "io", head: first, body: [first, ...rest] };
    }
    const { element } = first;
    const isKnown = element !== undefined && element !== "deeper" && element !== "continue";
    if (isKnown) return { depth, element, head: first, body: rest };
    const problem = first.kind === "element" ? problems.unknownElement : problems.noElement;
    this.#findings.report(problem, first, this.#text(first));
    return { depth, element: "unknown", head: first, body: rest };
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { depth, element, head, body } = this.#open;
    this.#lines.push({ depth, element, head, body, start: head.start, end: body.at(-1)?.end ?? head.end });
    this.#open = undefined;
  }

  #text(token: Span): string {
    return this.#source.text.slice(token.start, token.end);
  }
}

function spanOf(tokens: readonly Token[]): Span {
  return { start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 };
}
