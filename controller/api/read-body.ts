/** Bodies of requests, kept within limits while they come. */
import type { Clock } from "@polyglot/service";
import { Refused, tooMany } from "../triggers/endpoints/trigger-request.ts";
import type { NodeServerRequest } from "./server.ts";

const limits = {
  /** Of all bodies that are being read or wait for their commit. */
  totalBytes: 64 * 1024 * 1024,
  /** A sender that takes longer is cut off. */
  readMs: 30_000,
  retryMs: 1_000,
} as const;

/** Bytes that requests hold at once. */
export class BodyBudget {
  #held = 0;

  get held(): number {
    return this.#held;
  }

  /** Throws `Refused`. */
  take(bytes: number): void {
    if (this.#held + bytes > limits.totalBytes) {
      throw tooMany("trigger/busy", "too many bodies are being read", limits.retryMs);
    }
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What one request holds of the budget, given back at its end. */
export class BodyReader {
  readonly #request: NodeServerRequest;
  readonly #budget: BodyBudget;
  readonly #clock: Clock;
  #held = 0;

  constructor(request: NodeServerRequest, budget: BodyBudget, clock: Clock) {
    this.#request = request;
    this.#budget = budget;
    this.#clock = clock;
  }

  /** Throws `Refused`. */
  async read(maxBytes: number): Promise<Buffer> {
    const declared = Number(this.#request.headers["content-length"] ?? 0);
    if (declared > maxBytes) throw tooLarge(maxBytes);
    this.#take(declared);
    const slow = new AbortController();
    const timer = this.#clock
      .sleep(limits.readMs, slow.signal)
      .then(() => slow.signal.aborted || this.#request.destroy());
    try {
      return await this.#collect(maxBytes);
    } finally {
      slow.abort();
      await timer;
    }
  }

  release(): void {
    this.#budget.give(this.#held);
    this.#held = 0;
  }

  async #collect(maxBytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.#request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      // A body whose length was told in advance is accounted for already.
      if (bytes > this.#held) this.#take(bytes - this.#held);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, bytes);
  }

  #take(bytes: number): void {
    this.#budget.take(bytes);
    this.#held += bytes;
  }
}

const tooLarge = (maxBytes: number): Refused =>
  new Refused(413, "request/too-large", `a body here has at most ${maxBytes} bytes`);
