/** A thread that compiles one input at a time. One that dies or takes too long harms nothing but its own input. */
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
  readonly #worker = new Worker(workerUrl, { resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes } });

  #ended = false;

  constructor() {
    // A thread that dies while it is idle is nobody's answer, and no reason to end the controller.
    this.#worker.on("error", () => undefined);
    this.#worker.once("exit", () => {
      this.#ended = true;
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** After `failed`, and after the signal, the thread is of no more use. */
  compile(files: FileSet, signal: AbortSignal): Promise<Compilation> {
    return ask(this.#worker, files, AbortSignal.any([signal, AbortSignal.timeout(limits.compileMs)]));
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
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
