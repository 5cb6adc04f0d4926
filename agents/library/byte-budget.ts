/** Bytes that the calls of one process may hold at once. Who asks for more than is free waits, in order. */
interface Waiting {
  readonly bytes: number;
  begin(): void;
}

export class ByteBudget {
  readonly #total: number;
  #free: number;
  #waiting: Waiting[] = [];

  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  /** Answers what to call when they are free again. Rejects when the signal aborts before its turn. */
  async take(asked: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const bytes = Math.min(asked, this.#total);
    if (this.#waiting.length > 0 || bytes > this.#free) await this.#wait(bytes, signal);
    else this.#free -= bytes;
    return () => this.#giveBack(bytes);
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        this.#beginNext();
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        bytes,
        begin: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #giveBack(bytes: number): void {
    this.#free += bytes;
    this.#beginNext();
  }

  #beginNext(): void {
    for (let [next] = this.#waiting; next !== undefined && next.bytes <= this.#free; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.begin();
    }
  }
}
