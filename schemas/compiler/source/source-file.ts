/**
 * A file's text and its lines. Offsets are UTF-16 offsets into `text`; positions count lines and columns from 1,
 * columns in code points. Bytes that are not UTF-8 become U+FFFD and their lines are listed.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

const byteOrderMark = "\uFEFF";

export class SourceFile {
  readonly path: string;
  readonly text: string;
  /** Offsets at which lines start that are not UTF-8. */
  readonly undecodable: readonly number[];
  readonly #lineStarts: readonly number[];

  constructor(path: string, text: string, undecodable: readonly number[] = []) {
    this.path = path;
    this.text = text;
    this.undecodable = undecodable;
    this.#lineStarts = findLineStarts(text);
  }

  get lineCount(): number {
    return this.#lineStarts.length;
  }

  /** The offset may be the text's length: the place after its last character. */
  position(offset: number): Position {
    const line = this.#lineAt(offset);
    const start = this.#lineStarts[line - 1] ?? 0;
    return { line, column: countCodePoints(this.text, start, offset) + 1 };
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

export function readSourceFile(path: string, bytes: Uint8Array): SourceFile {
  try {
    return new SourceFile(path, withoutMark(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)));
  } catch {
    return readDamagedFile(path, bytes);
  }
}

function readDamagedFile(path: string, bytes: Uint8Array): SourceFile {
  const lines: string[] = [];
  const undecodable: number[] = [];
  let length = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    const { text, valid } = decodeLine(bytes.subarray(start, end));
    const line = start === 0 ? withoutMark(text) : text;
    if (!valid) undecodable.push(length);
    lines.push(line);
    length += line.length;
    start = end;
  }
  return new SourceFile(path, lines.join(""), undecodable);
}

function decodeLine(bytes: Uint8Array): { text: string; valid: boolean } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), valid: true };
  } catch {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), valid: false };
  }
}

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function countCodePoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff && at > start;
    if (!isSecondHalf) count++;
  }
  return count;
}
