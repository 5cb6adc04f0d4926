import type { Clock } from "@polyglot/service";
import { type FileState, readFileState } from "./file-state.ts";
import { limits } from "./limits.ts";

interface Pending {
  readonly path: string;
  /** As it was when it began to be watched; undefined: it was not there. */
  readonly state: FileState | undefined;
  /** Monotonic milliseconds. */
  readonly dueAt: number;
}

export interface SettlingParts {
  readonly clock: Clock;
  readonly settleMs: number;
  /** The file has not changed for `settleMs`; undefined: it is gone. */
  onSettled(path: string, state: FileState | undefined): void;
}

/**
 * Files that changed lately. No system tells reliably when writing has ended, so a file counts when it has stayed the same
 * for a while. All wait equally long, so the queue is in the order of their time and needs one timer.
 */
export class Settling {
  readonly #parts: SettlingParts;
  readonly #waiting = new Set<string>();
  #queue: Pending[] = [];
  #running: Promise<void> | undefined;

  constructor(parts: SettlingParts) {
    this.#parts = parts;
  }

  /** Hints for a path that waits already change nothing: it is looked at when its time comes. */
  add(path: string, state: FileState | undefined, signal: AbortSignal): void {
    if (this.#waiting.has(path)) return;
    this.#waiting.add(path);
    this.#queue.push({ path, state, dueAt: this.#parts.clock.monotonic() + this.#parts.settleMs });
    this.#running ??= this.#run(signal).finally(() => {
      this.#running = undefined;
    });
  }

  async stopped(): Promise<void> {
    await this.#running;
    this.#queue = [];
    this.#waiting.clear();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (this.#queue.length > 0 && !signal.aborted) {
      const next = (this.#queue[0] as Pending).dueAt - clock.monotonic();
      if (next > 0) await clock.sleep(next, signal);
      const now = clock.monotonic();
      const firstLater = this.#queue.findIndex((pending) => pending.dueAt > now);
      const due = this.#queue.splice(0, firstLater === -1 ? this.#queue.length : firstLater);
      for (let from = 0; from < due.length && !signal.aborted; from += limits.concurrentStats) {
        const batch = due.slice(from, from + limits.concurrentStats);
        await Promise.all(batch.map((pending) => this.#look(pending, signal)));
      }
    }
  }

  async #look({ path, state }: Pending, signal: AbortSignal): Promise<void> {
    const now = await readFileState(path);
    this.#waiting.delete(path);
    if (signal.aborted) return;
    if (now?.version === state?.version) this.#parts.onSettled(path, now);
    else this.add(path, now, signal);
  }
}
