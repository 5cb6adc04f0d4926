import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock, Service } from "@polyglot/service";

/**
 * Kills all work when the lease is over and the main thread has not said otherwise: a thread of its own, so that a blocked
 * event loop cannot keep work alive that another agent may already be doing again. It comes after the main thread's own
 * watch, which ends the work in good order.
 */
export class LeaseGuard implements Service {
  readonly name = "lease guard";
  readonly #clock: Clock;
  /** Monotonic nanoseconds; 0: nothing to guard. */
  readonly #deadline = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
  #thread: Worker | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async start(): Promise<void> {
    const file = new URL(`./lease-guard-thread${extname(import.meta.url)}`, import.meta.url);
    const thread = new Worker(file, { workerData: { deadline: this.#deadline, root: process.pid } });
    this.#thread = thread;
    thread.unref();
    await new Promise<void>((resolve, reject) => {
      thread.once("online", resolve);
      thread.once("error", reject);
    });
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  /** Work may go on until then, in monotonic milliseconds of the clock. */
  extend(deadline: number): void {
    const left = deadline - this.#clock.monotonic() + marginMs;
    this.#set(process.hrtime.bigint() + BigInt(Math.max(1, Math.round(left * 1e6))));
  }

  /** The work has been killed. */
  lapse(): void {
    this.#set(0n);
  }

  #set(value: bigint): void {
    Atomics.store(this.#deadline, 0, value);
    Atomics.notify(this.#deadline, 0);
  }
}

/** The main thread's own watch has that long, if it is awake. */
const marginMs = 250;
