import { create } from "@bufbuild/protobuf";
import { type ControllerMessage, ControllerMessageSchema } from "@polyglot/contracts/service";

type Batches = Pick<ControllerMessage, "executions" | "cancellations" | "settled" | "occurrencesSettled">;
type Singles = Pick<ControllerMessage, "welcome" | "lease" | "watches" | "prepare" | "controllers">;

/**
 * What waits to go down one agent's stream. All that gathers while a message is being written goes in the next one, so
 * a busy stream carries few large messages and an idle one carries each thing at once.
 */
export class Outbox implements AsyncIterable<ControllerMessage> {
  #next: ControllerMessage | undefined;
  #wake: (() => void) | undefined;
  #failure: unknown;
  #closed = false;

  /** Items for one of the lists. */
  add<Field extends keyof Batches>(field: Field, items: Batches[Field]): void {
    const message = this.#message();
    // A push per item: spreading a large batch into one call would overflow the stack.
    for (const item of items) (message[field] as (typeof item)[]).push(item);
    this.#wake?.();
  }

  /** Values that replace what has not been sent yet. */
  set(values: Partial<Singles>): void {
    Object.assign(this.#message(), values);
    this.#wake?.();
  }

  /** Ends the stream after what has gathered; with a failure, at once and with that. */
  close(failure?: unknown): void {
    this.#closed = true;
    this.#failure ??= failure;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ControllerMessage> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const message = this.#next;
      if (message !== undefined) {
        this.#next = undefined;
        yield message;
      } else if (this.#closed) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }

  #message(): ControllerMessage {
    this.#next ??= create(ControllerMessageSchema);
    return this.#next;
  }
}
