import type { Clock, Service } from "@polyglot/service";

/** How soon after its parent's death the agent ends, where the kernel does not tell. Milliseconds. */
const intervalMs = 500;

/** Tells when the process that started this one is gone. Behind `setpriv --pdeathsig` it has nothing to do. */
export class ParentWatch implements Service {
  readonly name = "parent watch";
  readonly #parent: number | undefined;
  readonly #clock: Clock;
  readonly #onGone: () => void;
  #stopping = new AbortController();

  constructor(parent: string | undefined, clock: Clock, onGone: () => void) {
    this.#parent = parent === undefined || parent === "" ? undefined : Number(parent);
    this.#clock = clock;
    this.#onGone = onGone;
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController();
    if (this.#parent !== undefined) void this.#watch(this.#parent, this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
  }

  async #watch(parent: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && process.ppid === parent) await this.#clock.sleep(intervalMs, signal);
    if (!signal.aborted) this.#onGone();
  }
}
