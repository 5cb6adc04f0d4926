/**
 * Compiles in a thread of its own, one input at a time. The thread is kept, because loading the compiler takes longer
 * than most inputs; one that dies or takes too long is replaced and harms nothing but its own input.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { CompileResult } from "@polyglot/compiler";
import type { FileSet } from "@polyglot/contracts";

const limits = {
  compileMs: 60_000,
  /** Heap of the thread. */
  heapMegabytes: 1_024,
} as const;

/** Built and unbuilt alike: the worker bears the extension of this file. */
const workerUrl = new URL(`./compile-worker${extname(import.meta.url)}`, import.meta.url);

export type Compilation =
  | { readonly kind: "compiled"; readonly result: CompileResult }
  | { readonly kind: "failed"; readonly message: string };

export class CompileThread {
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  compile(files: FileSet, signal: AbortSignal): Promise<Compilation> {
    const turn = this.#last.then(() => this.#compile(files, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Waits for what is being compiled. */
  async stop(): Promise<void> {
    await this.#last;
    await this.#end();
  }

  async #compile(files: FileSet, signal: AbortSignal): Promise<Compilation> {
    signal.throwIfAborted();
    const worker = (this.#worker ??= new Worker(workerUrl, {
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes },
    }));
    const answer = await ask(worker, files, AbortSignal.any([signal, AbortSignal.timeout(limits.compileMs)]));
    if (answer.kind === "failed") await this.#end();
    signal.throwIfAborted();
    return answer;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function ask(worker: Worker, files: FileSet, signal: AbortSignal): Promise<Compilation> {
  return new Promise((resolve) => {
    const settle = (answer: Compilation) => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      signal.removeEventListener("abort", onAbort);
      // An idle thread does not keep the process.
      worker.unref();
      resolve(answer);
    };
    const fail = (message: string) => settle({ kind: "failed", message });
    const onMessage = (result: CompileResult) => settle({ kind: "compiled", result });
    const onError = (error: Error) => fail(`the compiler stopped: ${error.message}`);
    const onExit = (code: number) => fail(`the compiler's thread ended with code ${code}`);
    const onAbort = () => fail(`compiling took longer than ${limits.compileMs / 1000} s`);
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    signal.addEventListener("abort", onAbort, { once: true });
    worker.ref();
    worker.postMessage(files);
  });
}
