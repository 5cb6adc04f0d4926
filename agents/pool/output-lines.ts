/** Cuts what a process writes to a stream of its own into lines of bounded length. */
import { StringDecoder } from "node:string_decoder";

/** Lines that one call's process may write to streams of its own; the workers keep their calls to the same number. */
export const maxLines = 10_000;

/** What is kept of the beginning of a longer line. Characters. */
export const maxLineCharacters = 16_384;

export class OutputLines {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";
  /** The line's beginning is out; what comes before its end is left out. */
  #isCut = false;

  push(chunk: Buffer): string[] {
    const [first = "", ...others] = this.#decoder.write(chunk).split("\n");
    const lines: string[] = [];
    this.#add(first, lines);
    for (const text of others) {
      this.#endLine(lines);
      this.#add(text, lines);
    }
    return lines;
  }

  /** Forgets the beginning of a line that nobody is to see. */
  drop(): void {
    this.#rest = "";
  }

  /** What came after the last line's end. */
  finish(): string[] {
    const lines: string[] = [];
    this.#add(this.#decoder.end(), lines);
    if (this.#rest !== "") lines.push(this.#rest);
    this.#rest = "";
    this.#isCut = false;
    return lines;
  }

  #add(text: string, lines: string[]): void {
    if (this.#isCut) return;
    this.#rest += text;
    if (this.#rest.length <= maxLineCharacters) return;
    lines.push(`${this.#rest.slice(0, maxLineCharacters)}…`);
    this.#rest = "";
    this.#isCut = true;
  }

  #endLine(lines: string[]): void {
    if (!this.#isCut) lines.push(this.#rest);
    this.#rest = "";
    this.#isCut = false;
  }
}
