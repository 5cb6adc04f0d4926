/**
 * A call that was sent to a worker.
 *
 *     in line ──begin()──> runs ──answer, and the end of its output on every stream──> over
 */
import type { Clock } from "@polyglot/service";
import type { Frame } from "./frames.ts";
import { maxLines } from "./output-lines.ts";
import type { OwnStream, StreamOwner } from "./own-stream.ts";
import type { PoolCall, PoolReply } from "./pool-call.ts";

/** A call on its way, and the promise that its caller holds. */
export interface PendingCall {
  readonly call: PoolCall;
  readonly isShort: boolean;
  settle(reply: PoolReply): void;
}

export class SentCall implements StreamOwner {
  readonly pending: PendingCall;
  /** The worker's streams that may still bring output of it. */
  readonly streams: Set<OwnStream<SentCall>>;
  /** When it began, by the clock's monotonic time. */
  begunAt?: number;
  answer?: Frame;
  /** Aborted when it is over: the answer came before the end of the output. */
  marksExpected?: AbortController;
  readonly #clock: Clock;
  /** That its process wrote to streams of its own while it ran. */
  #ownLines = 0;

  constructor(pending: PendingCall, streams: readonly OwnStream<SentCall>[], clock: Clock) {
    this.pending = pending;
    this.streams = new Set(streams);
    this.#clock = clock;
  }

  get isBegun(): boolean {
    return this.begunAt !== undefined;
  }

  get isFull(): boolean {
    return this.#ownLines >= maxLines;
  }

  get isOver(): boolean {
    return this.answer !== undefined && this.streams.size === 0;
  }

  addLine(level: string, text: string): void {
    if (this.isFull) return;
    this.#ownLines += 1;
    const at = this.#clock.now();
    const note = `further output is left out: a call may write ${maxLines} lines`;
    this.pending.call.onLine(this.isFull ? { at, level: "warning", text: note } : { at, level, text });
  }
}
