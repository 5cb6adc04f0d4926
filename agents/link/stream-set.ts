import type { BackgroundTasks } from "@polyglot/service";
import { ControllerStream, type SharedState } from "./controller-stream.ts";

/** The agent's streams: one for each controller, whatever addresses it has. */
export class StreamSet {
  readonly #shared: SharedState;
  readonly #tasks: BackgroundTasks;
  readonly #byOrigin = new Map<string, ControllerStream>();
  /** Those that were welcomed and have not broken since. */
  readonly #open = new Set<ControllerStream>();

  constructor(shared: SharedState, tasks: BackgroundTasks) {
    this.#shared = shared;
    this.#tasks = tasks;
  }

  get size(): number {
    return this.#byOrigin.size;
  }

  get open(): Iterable<ControllerStream> {
    return this.#open;
  }

  /** Streams to new controllers begin. One that is no longer listed goes on until it breaks by itself. */
  follow(urls: readonly string[], signal: AbortSignal): void {
    for (const url of urls) {
      const { origin } = new URL(url);
      if (this.#byOrigin.has(origin)) continue;
      const stream = new ControllerStream(origin, this.#shared);
      this.#byOrigin.set(origin, stream);
      this.#tasks.add(stream.run(signal));
    }
  }

  opened(stream: ControllerStream): void {
    this.#open.add(stream);
  }

  closed(stream: ControllerStream): void {
    this.#open.delete(stream);
    this.poke();
  }

  /** Whether another open stream leads to the same controller. */
  hasTwin(controllerId: string, stream: ControllerStream): boolean {
    for (const other of this.#open) if (other !== stream && other.controllerId === controllerId) return true;
    return false;
  }

  retire(stream: ControllerStream): void {
    this.#byOrigin.delete(stream.url);
    stream.retire();
  }

  poke(): void {
    for (const stream of this.#open) stream.poke();
  }

  break(): void {
    for (const stream of this.#open) stream.break();
  }

  any(): ControllerStream | undefined {
    return this.#open.values().next().value;
  }

  clear(): void {
    this.#byOrigin.clear();
  }
}
