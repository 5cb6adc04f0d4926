import { create } from "@bufbuild/protobuf";
import { type LogLine, LogLineSchema } from "@polyglot/contracts/service";

export interface LogBufferLimits {
  readonly lines: number;
  readonly bytes: number;
}

/** Log lines that wait to be sent. When a controller takes them too slowly the oldest go, and a line in their place says so. */
export class LogBuffer {
  readonly #limits: LogBufferLimits;
  #lines: LogLine[] = [];
  #first = 0;
  #bytes = 0;
  #dropped = 0;
  #lastDropped: LogLine | undefined;

  constructor(limits: LogBufferLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#lines.length - this.#first;
  }

  add(line: LogLine): void {
    this.#lines.push(line);
    this.#bytes += line.text.length;
    while (this.size > this.#limits.lines || (this.#bytes > this.#limits.bytes && this.size > 1)) this.#drop();
  }

  /** The oldest lines, at most so many and with so much text, but at least one. */
  take(maxItems: number, maxBytes: number): LogLine[] {
    const taken: LogLine[] = this.#noteOfDropped();
    let bytes = 0;
    while (this.size > 0 && taken.length < maxItems) {
      const line = this.#lines[this.#first] as LogLine;
      bytes += line.text.length;
      if (taken.length > 0 && bytes > maxBytes) break;
      this.#shift();
      taken.push(line);
    }
    return taken;
  }

  #drop(): void {
    this.#lastDropped = this.#lines[this.#first];
    this.#dropped += 1;
    this.#shift();
  }

  #shift(): void {
    this.#bytes -= this.#lines[this.#first]?.text.length ?? 0;
    this.#first += 1;
    if (this.#first < 1024 && this.#first < this.#lines.length) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }

  /** Stands at the place, and carries the number, of the last line that it stands for. */
  #noteOfDropped(): LogLine[] {
    if (this.#dropped === 0 || this.#lastDropped === undefined) return [];
    const { executionId, attemptNo, sequence, at, nodeId } = this.#lastDropped;
    const text = `${this.#dropped} log lines were dropped: they came faster than the controller took them`;
    const where = { executionId, attemptNo, sequence, nodeId, level: "warning", text };
    this.#dropped = 0;
    this.#lastDropped = undefined;
    return [create(LogLineSchema, at === undefined ? where : { ...where, at })];
  }
}
