/** Whether what comes had better come later, before a byte of its body is read. What a queue takes is the activator's to say. */
import type { QueueRegistry } from "../../registry/queue-registry.ts";
import type { Activator } from "../activator.ts";
import { tooMany } from "./trigger-request.ts";

const limits = {
  /** Activations that wait for their commit; some seconds of work for a slow disk. */
  uncommitted: 5_000,
  retryMs: { uncommitted: 1_000, queue: 5_000 },
} as const;

export class Pressure {
  readonly #activator: Pick<Activator, "waiting">;
  readonly #registry: Pick<QueueRegistry, "of">;

  constructor(activator: Pick<Activator, "waiting">, registry: Pick<QueueRegistry, "of">) {
    this.#activator = activator;
    this.#registry = registry;
  }

  /** Throws `Refused`. */
  checkHere(): void {
    if (this.#activator.waiting < limits.uncommitted) return;
    throw tooMany("trigger/busy", "too many events wait for the store", limits.retryMs.uncommitted);
  }

  /** Throws `Refused`. */
  check({ queue }: { readonly queue: string }): void {
    this.checkHere();
    if (!this.#registry.of(queue).isPressed) return;
    throw tooMany("queue/pressed", `queue '${queue}' takes no more for now`, limits.retryMs.queue);
  }
}
