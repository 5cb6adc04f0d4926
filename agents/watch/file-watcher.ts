/**
 * Watches files of this host. Events of the system are hints, and may be late, doubled or lost; the ledger and the looks at
 * everything (at the start, when the list of watches changes, when hints may have been lost, and every 30 s) are the truth.
 *
 *     hint or look ──> differs from the ledger? ──> settling ──> recorded ──> told
 */
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import { type FileState, readFileState } from "./file-state.ts";
import type { FileEvent } from "./ledger.ts";
import { limits } from "./limits.ts";
import { Settling } from "./settling.ts";
import { walk } from "./walk.ts";
import { type FileWatch, WatchTable } from "./watch-table.ts";
import { WatchedFolders } from "./watched-folders.ts";

export interface FileOccurrence {
  readonly pipelineId: string;
  readonly triggerKey: string;
  /** Absolute. */
  readonly path: string;
  readonly event: FileEvent;
  readonly version: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly at: number;
}

export interface FileWatcherParts {
  readonly dataRoot: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settleMs?: number;
  readonly rescanMs?: number;
  onOccurrence(occurrence: FileOccurrence): void;
  /** Occurrences that were told and are not committed yet. */
  waitingOccurrences(): number;
}

export class FileWatcher implements Service {
  readonly name = "file watcher";
  readonly #parts: FileWatcherParts;
  readonly #settleMs: number;
  readonly #settling: Settling;
  readonly #tasks: BackgroundTasks;
  readonly #watches: WatchTable;
  readonly #folders: WatchedFolders;
  readonly #hinted = new Set<string>();
  #stopping = new AbortController();
  #wakeLooking: (() => void) | undefined;
  #lookAgain = false;
  #changes: Promise<void> = Promise.resolve();

  constructor(parts: FileWatcherParts) {
    this.#parts = parts;
    this.#settleMs = parts.settleMs ?? limits.settleMs;
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ err: error }, "a look at watched files failed"));
    this.#watches = new WatchTable(parts.dataRoot, parts.logger);
    this.#folders = new WatchedFolders(parts.clock, {
      onHint: (path) => this.#hint(path),
      onDoubt: (problem) => {
        parts.logger.warn({ err: problem }, "file events may have been lost: looking at everything");
        this.#lookSoon();
      },
    });
    this.#settling = new Settling({
      clock: parts.clock,
      settleMs: this.#settleMs,
      onSettled: (path, state) => this.#record(path, state),
    });
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController();
    this.#tasks.add(this.#lookRegularly(this.#stopping.signal));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wakeLooking?.();
    await this.#changes;
    await this.#folders.follow([]);
    this.#watches.replace([]);
    await this.#settling.stopped();
    await this.#tasks.drain();
  }

  /** All that is to be watched from now on. A watch that was there before keeps its ledger. Resolves when it is in force. */
  update(watches: readonly FileWatch[]): Promise<void> {
    const change = this.#changes.then(() => this.#follow(watches));
    // One list that could not be followed does not stop the next one.
    this.#changes = change.catch(() => undefined);
    return change;
  }

  async #follow(watches: readonly FileWatch[]): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#watches.replace(watches);
    await this.#folders.follow(this.#watches.all().map(({ pattern }) => pattern));
    this.#lookSoon();
  }

  /** Hints come in crowds: those of one turn of the event loop are looked at together. */
  #hint(path: string): void {
    if (this.#hinted.size === 0) setImmediate(() => this.#tasks.add(this.#lookAtHinted()));
    this.#hinted.add(path);
  }

  async #lookAtHinted(): Promise<void> {
    const paths = [...this.#hinted];
    this.#hinted.clear();
    await this.#lookAt(paths);
  }

  async #lookRegularly(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#lookAgain = false;
      await this.#lookAtAll(signal);
      if (signal.aborted || this.#lookAgain) continue;
      const woken = new AbortController();
      this.#wakeLooking = () => woken.abort();
      await this.#parts.clock.sleep(this.#parts.rescanMs ?? limits.rescanMs, woken.signal);
    }
  }

  #lookSoon(): void {
    this.#lookAgain = true;
    this.#wakeLooking?.();
  }

  async #lookAtAll(signal: AbortSignal): Promise<void> {
    const seen = new Set<string>();
    for (const { base, depth } of this.#folders.all()) {
      for await (const paths of walk(base, depth, signal)) {
        await this.#lookAt(paths.filter((path) => !seen.has(path)));
        for (const path of paths) seen.add(path);
      }
    }
    for (const { ledger } of this.#watches.all()) {
      await this.#lookAt([...ledger.paths()].filter((path) => !seen.has(path)));
    }
  }

  async #lookAt(paths: readonly string[]): Promise<void> {
    const watched = paths.filter((path) => this.#watches.of(path).length > 0);
    for (let from = 0; from < watched.length; from += limits.concurrentStats) {
      const batch = watched.slice(from, from + limits.concurrentStats);
      await Promise.all(batch.map((path) => this.#lookAtOne(path)));
    }
  }

  /** A file that has not changed for a while needs no wait. */
  async #lookAtOne(path: string): Promise<void> {
    const state = await readFileState(path);
    const { signal } = this.#stopping;
    if (signal.aborted || !this.#watches.of(path).some(({ ledger }) => ledger.isNews(path, state))) return;
    const age = state === undefined ? 0 : this.#parts.clock.now() - state.modifiedAt;
    if (age >= this.#settleMs) this.#record(path, state);
    else this.#settling.add(path, state, signal);
  }

  /**
   * Every version is told, whatever a trigger fires at: the controller's ledger decides, and it would take the return of
   * a file for a change of it had it not heard that the file was gone.
   *
   * With too many occurrences on their way nothing is recorded: the next look at everything finds it.
   */
  #record(path: string, state: FileState | undefined): void {
    if (this.#parts.waitingOccurrences() >= limits.waitingOccurrences) return;
    for (const { watch, ledger } of this.#watches.of(path)) {
      const change = ledger.record(path, state);
      if (change === undefined) continue;
      const { event, state: told } = change;
      const { pipelineId, triggerKey } = watch;
      this.#parts.onOccurrence({ pipelineId, triggerKey, path, event, ...told, at: this.#parts.clock.now() });
    }
  }
}
