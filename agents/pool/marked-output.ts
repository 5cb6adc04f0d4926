/**
 * Cuts what a worker writes to a stream of its own at the marks that it leaves there. The channel and the streams are
 * read apart, so an answer may be here before the output that was written ahead of it; and of calls in line, the
 * channel's frames cannot say whose a text is. The mark stands in the stream itself, behind all that its call and the
 * processes it waited for have written.
 */

/** The bytes of one call's output, or the end of it. */
export type OutputPart = { readonly text: Buffer } | { readonly endOf: number };

/** A record separator, which no text has, then the worker's own name, which no other program's output has. */
const markStart = (workerName: string): Buffer => Buffer.from(`\u001e${workerName}`);
/** Then the call's id. */
const idDigits = 8;

export class MarkedOutput {
  readonly #start: Buffer;
  readonly #markBytes: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(workerName: string) {
    this.#start = markStart(workerName);
    this.#markBytes = this.#start.length + idDigits;
  }

  push(chunk: Buffer): OutputPart[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const parts: OutputPart[] = [];
    let at = 0;
    for (let mark = bytes.indexOf(this.#start); mark !== -1; mark = bytes.indexOf(this.#start, at)) {
      if (bytes.length - mark < this.#markBytes) break;
      if (mark > at) parts.push({ text: bytes.subarray(at, mark) });
      parts.push({
        endOf: Number.parseInt(bytes.toString("latin1", mark + this.#start.length, mark + this.#markBytes), 16),
      });
      at = mark + this.#markBytes;
    }
    const end = this.#endOfText(bytes, at);
    if (end > at) parts.push({ text: bytes.subarray(at, end) });
    // A copy: a few bytes must not keep a whole chunk.
    this.#rest = Buffer.from(bytes.subarray(end));
    return parts;
  }

  /** What looked like a mark's beginning at the stream's end. */
  finish(): OutputPart[] {
    const text = this.#rest;
    this.#rest = Buffer.alloc(0);
    return text.length === 0 ? [] : [{ text }];
  }

  /** Where the last bytes could be the beginning of a mark, of which more is to come. */
  #endOfText(bytes: Buffer, from: number): number {
    const first = Math.max(from, bytes.length - this.#markBytes + 1);
    for (let at = bytes.indexOf(0x1e, first); at !== -1; at = bytes.indexOf(0x1e, at + 1)) {
      const length = Math.min(bytes.length - at, this.#start.length);
      if (bytes.compare(this.#start, 0, length, at, at + length) === 0) return at;
    }
    return bytes.length;
  }
}
