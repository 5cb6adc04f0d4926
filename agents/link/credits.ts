import type { Pace } from "./pace.ts";

/**
 * The agent's capacity, owned by the agent: what a stream was granted is spent by no other. Credits belong to a stream and
 * are void when it breaks; a new stream is granted anew what is free. `Stream` is only a key here.
 */
export class Credits<Stream extends object> {
  readonly #capacity: number;
  readonly #pace: Pick<Pace, "count" | "ahead"> | undefined;
  readonly #granted = new Map<Stream, number>();
  readonly #occupied = new Map<Stream, number>();
  #controllers = 1;

  /** `capacity`: executions at once. `pace`: how many more may be on their way here because they end so fast. */
  constructor(capacity: number, pace?: Pick<Pace, "count" | "ahead">) {
    this.#capacity = capacity;
    this.#pace = pace;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Several controllers share the capacity evenly. */
  shareAmong(controllers: number): void {
    this.#controllers = Math.max(1, controllers);
  }

  open(stream: Stream): void {
    this.#granted.set(stream, 0);
  }

  close(stream: Stream): void {
    this.#granted.delete(stream);
  }

  /** Grants what is free now; the answer is 0 or the number to send. */
  grant(stream: Stream): number {
    const granted = this.#granted.get(stream);
    if (granted === undefined) return 0;
    const places = this.#capacity + (this.#pace?.ahead ?? 0);
    const share = Math.max(1, Math.floor(places / this.#controllers));
    const own = granted + (this.#occupied.get(stream) ?? 0);
    const more = Math.max(0, Math.min(places - this.#used(), share - own));
    this.#granted.set(stream, granted + more);
    return more;
  }

  /** A request came: its credit is spent. */
  spend(stream: Stream): void {
    this.#granted.set(stream, Math.max(0, (this.#granted.get(stream) ?? 0) - 1));
  }

  /** An attempt that came over this stream takes a place. */
  occupy(stream: Stream): void {
    this.#occupied.set(stream, (this.#occupied.get(stream) ?? 0) + 1);
  }

  release(stream: Stream): void {
    this.#pace?.count();
    const left = (this.#occupied.get(stream) ?? 0) - 1;
    if (left > 0) this.#occupied.set(stream, left);
    else this.#occupied.delete(stream);
  }

  #used(): number {
    let used = 0;
    for (const count of this.#granted.values()) used += count;
    for (const count of this.#occupied.values()) used += count;
    return used;
  }
}
