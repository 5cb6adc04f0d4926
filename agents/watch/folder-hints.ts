import { once } from "node:events";
import type { Clock } from "@polyglot/service";
import { type FSWatcher, watch } from "chokidar";
import { limits } from "./limits.ts";
import { isNeverWatched, type PolledPattern } from "./pattern.ts";

export interface HintListener {
  onHint(path: string): void;
  /** Hints may have been lost. */
  onDoubt(problem: unknown): void;
}

/** Watches of one folder to one depth: they share the system's events. */
export class FolderHints {
  readonly #listener: HintListener;
  readonly #clock: Clock;
  readonly #pattern: Pick<PolledPattern, "base" | "depth" | "pollMs">;
  #watcher: FSWatcher | undefined;

  constructor(pattern: Pick<PolledPattern, "base" | "depth" | "pollMs">, clock: Clock, listener: HintListener) {
    this.#pattern = pattern;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Resolves when changes from now on give hints, or when that takes too long: what is missed meanwhile a look finds. */
  async start(): Promise<void> {
    const { base, depth, pollMs } = this.#pattern;
    const watcher = watch(base, {
      ...(Number.isFinite(depth) ? { depth } : {}),
      ...(pollMs > 0 ? { usePolling: true, interval: pollMs, binaryInterval: pollMs } : {}),
      ignoreInitial: true,
      followSymlinks: false,
      atomic: false,
      ignored: (path: string) => path !== base && isNeverWatched(path.slice(path.lastIndexOf("/") + 1)),
    });
    this.#watcher = watcher;
    for (const event of ["add", "change", "unlink"] as const) {
      watcher.on(event, (path: string) => this.#listener.onHint(path));
    }
    watcher.on("error", (problem) => this.#listener.onDoubt(problem));
    const waited = new AbortController();
    await Promise.race([once(watcher, "ready"), this.#clock.sleep(limits.readyMs, waited.signal)]);
    waited.abort();
  }

  async stop(): Promise<void> {
    await this.#watcher?.close();
  }
}
