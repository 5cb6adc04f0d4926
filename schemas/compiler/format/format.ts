/**
 * The canonical form of a file: compact elements, one space between words, no white space at line ends, at most one
 * empty line in a row. Comments stay where they are. It changes white space and the writing of elements only, so the plan
 * stays the same; a line that cannot be read stays as it is.
 */
import { parseTypeName } from "@polyglot/contracts";
import { elementText } from "../syntax/element.ts";
import type { Token, TokenKind } from "../syntax/token.ts";
import { tokenize } from "../syntax/tokenize.ts";

export function format(text: string): string {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const lines = new Formatter(source).lines();
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

const opensBlock: ReadonlySet<string | undefined> = new Set(["pipeline", "macro", "enum"]);

class Formatter {
  readonly #text: string;
  readonly #lines: string[] = [];
  /** Before the first block `[X]` ends the imports; after it `[x]` ends blocks and runs. */
  #isInHeader = true;

  constructor(text: string) {
    this.#text = text;
  }

  lines(): readonly string[] {
    let line: Token[] = [];
    for (const token of tokenize(this.#text)) {
      if (token.kind !== "newline") line.push(token);
      else {
        this.#add(line);
        line = [];
      }
    }
    this.#add(line);
    while (this.#lines.at(-1) === "") this.#lines.pop();
    return this.#lines;
  }

  #add(tokens: readonly Token[]): void {
    const words = tokens.filter((token) => token.kind !== "space");
    if (words.length === 0) {
      if (this.#lines.length > 0 && this.#lines.at(-1) !== "") this.#lines.push("");
      return;
    }
    const isReadable =
      startsLine(words.find((token) => token.kind !== "comment" && token.element !== "deeper")) &&
      words.every((token) => token.kind !== "unknown" && token.unclosed !== true && isKnown(token));
    this.#lines.push(isReadable ? this.#join(words) : this.#verbatim(tokens));
    if (words.some((token) => opensBlock.has(token.element))) this.#isInHeader = false;
  }

  #verbatim(tokens: readonly Token[]): string {
    const start = tokens[0]?.start ?? 0;
    // White space of other kinds, such as a no-break space, is part of what cannot be read.
    return this.#text.slice(start, tokens.findLast((token) => token.kind !== "space")?.end ?? start);
  }

  #join(words: readonly Token[]): string {
    let line = "";
    let previous: Token | undefined;
    for (const word of words) {
      if (previous !== undefined) line += spaceBetween(previous, word, this.#text);
      line += this.#write(word);
      previous = word;
    }
    return line.trimEnd();
  }

  #write(token: Token): string {
    const text = this.#text.slice(token.start, token.end);
    if (token.element === "exit") return this.#isInHeader ? "[X]" : "[x]";
    if (token.element !== undefined) return elementText(token.element);
    if (token.kind === "comment") return text.replaceAll("\r\n", "\n").trimEnd();
    return token.kind === "type" && parseTypeName(text) !== undefined ? text.replace(/\s+/g, "") : text;
  }
}

const lineStarts: ReadonlySet<TokenKind> = new Set(["element", "<<", ">>", "<|<"]);

/** A line that starts with no element, such as `[ r ]`, would become another one. */
const startsLine = (token: Token | undefined): boolean => token === undefined || lineStarts.has(token.kind);

/** An element that names none is left as it is. */
const isKnown = (token: Token): boolean => token.kind !== "element" || token.element !== undefined;

const tightAfter: ReadonlySet<TokenKind> = new Set(["|", "@", "#", "[", "{"]);
const tightBefore: ReadonlySet<TokenKind> = new Set([",", ":", "]", "}"]);
const names: ReadonlySet<TokenKind> = new Set(["namespace", "namespace-tail"]);
const joins: ReadonlySet<TokenKind> = new Set(["|", "#", "namespace-tail"]);

function spaceBetween(previous: Token, next: Token, text: string): string {
  if (previous.element === "deeper" && next.kind === "element") return "";
  if (next.kind === "comment") return text.startsWith("\\\\", next.start) ? "  " : " ";
  // A path ends at white space only.
  if (previous.kind === "comment" || previous.kind === "path") return " ";
  if (tightAfter.has(previous.kind) || tightBefore.has(next.kind)) return "";
  return names.has(previous.kind) && joins.has(next.kind) ? "" : " ";
}
