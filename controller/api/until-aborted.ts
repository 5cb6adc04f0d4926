/**
 * The same messages, ended by a signal also while the next one is awaited. A race per message would do the same and keep a
 * callback for each of them as long as the signal lives.
 */
export function untilAborted<Message>(messages: AsyncIterable<Message>, signal: AbortSignal): AsyncIterable<Message> {
  return { [Symbol.asyncIterator]: () => new AbortableIterator(messages[Symbol.asyncIterator](), signal) };
}

class AbortableIterator<Message> implements AsyncIterator<Message, undefined> {
  readonly #messages: AsyncIterator<Message>;
  readonly #signal: AbortSignal;
  #end: (() => void) | undefined;

  constructor(messages: AsyncIterator<Message>, signal: AbortSignal) {
    this.#messages = messages;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#end?.(), { once: true });
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#signal.aborted) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#end = () => resolve({ done: true, value: undefined });
      this.#messages.next().then(resolve, reject);
    });
  }
}
