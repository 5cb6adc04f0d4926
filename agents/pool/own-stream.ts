/**
 * One of the streams of a worker process itself: what passes by the language's own streams (C code, child processes, the
 * interpreter's last words). Gives each line to the call that it belongs to.
 *
 * The stream is read apart from the channel, so a text may be here before the word that its call has begun: it is held,
 * and the stream with it, until that word comes.
 */
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { MarkedOutput, type OutputPart } from "./marked-output.ts";
import { OutputLines } from "./output-lines.ts";

export interface StreamOwner {
  readonly isBegun: boolean;
  /** Further lines of it are left out. */
  readonly isFull: boolean;
  addLine(level: string, text: string): void;
}

export interface StreamListener<Owner extends StreamOwner> {
  /** The first call that was sent and whose output has not ended on this stream. */
  ownerOn(stream: OwnStream<Owner>): Owner | undefined;
  /** All that this call has written to this stream was given out. */
  onEndOf(stream: OwnStream<Owner>, id: number): void;
  /** Undefined where the text is of no call. */
  onText(text: Buffer, owner: Owner | undefined): void;
}

export class OwnStream<Owner extends StreamOwner> {
  readonly #stream: Readable;
  readonly #level: string;
  readonly #listener: StreamListener<Owner>;
  readonly #marked: MarkedOutput;
  readonly #lines = new OutputLines();
  readonly #closed: Promise<void>;
  #parts: OutputPart[] = [];
  #holdsNothing = false;

  constructor(stream: Readable, level: string, workerName: string, listener: StreamListener<Owner>) {
    this.#stream = stream;
    this.#level = level;
    this.#listener = listener;
    this.#marked = new MarkedOutput(workerName);
    this.#closed = finished(stream).catch(() => undefined);
    stream.on("data", (chunk: Buffer) => this.#add(this.#marked.push(chunk)));
    stream.on("end", () => {
      this.#add(this.#marked.finish());
      this.#finishLine(listener.ownerOn(this));
    });
  }

  /** A call has begun, or is no longer here: what was held for that may go on. */
  release(): void {
    if (this.#parts.length === 0) return;
    this.#giveOut();
    if (this.#parts.length === 0) this.#stream.resume();
  }

  /** No call begins any more. Answers when all that was written is given out. */
  async drain(): Promise<void> {
    this.#holdsNothing = true;
    this.release();
    await this.#closed;
  }

  #add(parts: readonly OutputPart[]): void {
    this.#parts.push(...parts);
    this.#giveOut();
    if (this.#parts.length > 0) this.#stream.pause();
  }

  #giveOut(): void {
    while (this.#parts[0] !== undefined && this.#give(this.#parts[0])) this.#parts.shift();
  }

  /** False where it must wait. */
  #give(part: OutputPart): boolean {
    const owner = this.#listener.ownerOn(this);
    if ("endOf" in part) {
      this.#listener.onEndOf(this, part.endOf);
      // One that began earlier in the same process goes on, and so does its line.
      if (this.#listener.ownerOn(this) !== owner) this.#finishLine(owner);
      return true;
    }
    if (owner?.isBegun === false && !this.#holdsNothing) return false;
    this.#listener.onText(part.text, owner);
    // A flood is not even cut into lines: this is the agent's own time.
    if (owner?.isBegun !== true || owner.isFull) this.#lines.drop();
    else for (const text of this.#lines.push(part.text)) owner.addLine(this.#level, text);
    return true;
  }

  #finishLine(owner: Owner | undefined): void {
    for (const text of this.#lines.finish()) if (owner?.isBegun === true) owner.addLine(this.#level, text);
  }
}
