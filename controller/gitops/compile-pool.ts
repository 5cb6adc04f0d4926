/**
 * Threads that compile, shared by all repositories and by applies: few, so that many repositories cost no more memory
 * than these; more than one, so that a slow repository does not hold up all others. A thread is kept for a while,
 * because loading the compiler takes longer than most inputs.
 */
import type { FileSet } from "@polyglot/contracts";
import { type Compilation, CompileThread } from "./compile-thread.ts";

const limits = { threads: 2, idleMs: 60_000 } as const;

export class CompilePool {
  readonly #idle: CompileThread[] = [];
  readonly #busy = new Set<Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Rejects only when the signal aborts. */
  async compile(files: FileSet, signal: AbortSignal): Promise<Compilation> {
    while (this.#busy.size >= limits.threads) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const work = this.#compile(files, signal);
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    this.#busy.add(done);
    try {
      return await work;
    } finally {
      this.#busy.delete(done);
      this.#waiting.shift()?.();
    }
  }

  /** Waits for what is being compiled. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#busy);
    await this.#endIdle();
  }

  async #compile(files: FileSet, signal: AbortSignal): Promise<Compilation> {
    signal.throwIfAborted();
    const thread = this.#take();
    const answer = await thread.compile(files, signal);
    if (answer.kind === "failed") await thread.stop();
    else this.#keep(thread);
    signal.throwIfAborted();
    return answer;
  }

  #take(): CompileThread {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop())
      if (!thread.ended) return thread;
    return new CompileThread();
  }

  #keep(thread: CompileThread): void {
    this.#idle.push(thread);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#endIdle(), limits.idleMs);
    this.#timer.unref();
  }

  async #endIdle(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((thread) => thread.stop()));
  }
}
