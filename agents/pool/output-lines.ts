/** Cuts what a process writes to a stream of its own into lines of bounded length. */
import { StringDecoder } from "node:string_decoder";

/** Lines that one call's process may write to streams of its own; the workers keep their calls to the same number. */
export const maxLines = 10_000;

/** Longer lines are cut into several. Characters. */
export const maxLineCharacters = 16_384;

export class OutputLines {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  push(chunk: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    const long = this.#rest.length > maxLineCharacters;
    if (long) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    return lines.flatMap(cut);
  }

  /** Forgets the beginning of a line that nobody is to see. */
  drop(): void {
    this.#rest = "";
  }

  /** What came after the last line's end. */
  finish(): string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    return rest === "" ? [] : cut(rest);
  }
}

function cut(line: string): string[] {
  if (line.length <= maxLineCharacters) return [line];
  const pieces: string[] = [];
  for (let at = 0; at < line.length; at += maxLineCharacters) pieces.push(line.slice(at, at + maxLineCharacters));
  return pieces;
}
