/**
 * What native calls use of their host: those of an execution, of a background branch, or of a called pipeline with limits
 * of its own. Calls of a part count for the whole, too. Where nobody looks, nothing is measured.
 */
import type { Serving } from "../pool/pool-call.ts";
import type { TreeUsage } from "../limits/process-tree.ts";

/** A call while a process serves it. */
export interface ServedCall {
  readonly node: string;
  readonly serving: Serving;
  /** CPU time of the process before the call; what it does at its very beginning may be among it. */
  readonly before: Promise<number>;
  usage: Pick<TreeUsage, "cpuMs" | "memoryBytes">;
  isPaused: boolean;
}

export interface UsageReading {
  /** By the clock's monotonic time. */
  readonly at: number;
  /** Of all calls so far. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** The step with the most memory, and the one that took the most CPU time. */
  readonly largest: string;
  readonly busiest: string;
}

export class Usage {
  readonly #outer: Usage | undefined;
  readonly #open = new Set<ServedCall>();
  #endedCpuMs = 0;
  #onCall: (() => void) | undefined;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(outer?: Usage) {
    this.#outer = outer;
  }

  /** `onCall` hears of each call that begins. */
  watch(onCall: () => void): void {
    this.#onCall = onCall;
  }

  /** In the order in which they began. */
  get open(): readonly ServedCall[] {
    return [...this.#open];
  }

  /** Lets no further call begin until `admitAll`. */
  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  admitAll(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** Resolves when a call may begin, or need not any more. */
  async admitted(signal: AbortSignal): Promise<void> {
    while (this.#gate !== undefined && !signal.aborted) await this.#waitAtGate(this.#gate.promise, signal);
    if (!signal.aborted) await this.#outer?.admitted(signal);
  }

  /** Undefined where nobody looks. */
  begin(node: string, serving: Serving): ServedCall | undefined {
    if (!this.#isWatched) return undefined;
    const before = serving.tree.usage().then(({ cpuMs }) => cpuMs);
    const call: ServedCall = { node, serving, before, usage: { cpuMs: 0, memoryBytes: 0 }, isPaused: false };
    this.#begin(call);
    return call;
  }

  /** `cpuMs`: as the process itself has counted; 0 where it could not. */
  end(call: ServedCall, cpuMs: number): void {
    if (!this.#open.delete(call)) return;
    this.#endedCpuMs += Math.max(cpuMs, call.usage.cpuMs);
    if (call.isPaused) void call.serving.tree.resume();
    this.#outer?.end(call, cpuMs);
  }

  async read(at: number): Promise<UsageReading> {
    const calls = this.open;
    await Promise.all(calls.map(measure));
    const most = (measured: "cpuMs" | "memoryBytes"): string =>
      calls.toSorted((a, b) => b.usage[measured] - a.usage[measured])[0]?.node ?? "";
    const total = (measured: "cpuMs" | "memoryBytes"): number =>
      calls.reduce((sum, { usage }) => sum + usage[measured], 0);
    const cpuMs =
      this.#endedCpuMs + calls.filter((call) => this.#open.has(call)).reduce((sum, { usage }) => sum + usage.cpuMs, 0);
    return { at, cpuMs, memoryBytes: total("memoryBytes"), largest: most("memoryBytes"), busiest: most("cpuMs") };
  }

  /** Memory that processes share counted once. */
  async exactMemoryBytes(): Promise<number> {
    const amounts = await Promise.all(this.open.map(({ serving }) => serving.tree.exactMemoryBytes()));
    return amounts.reduce((sum, bytes) => sum + bytes, 0);
  }

  get #isWatched(): boolean {
    return this.#onCall !== undefined || (this.#outer !== undefined && this.#outer.#isWatched);
  }

  #begin(call: ServedCall): void {
    this.#open.add(call);
    this.#onCall?.();
    if (this.#outer !== undefined) this.#outer.#begin(call);
  }

  async #waitAtGate(opened: Promise<void>, signal: AbortSignal): Promise<void> {
    const left = Promise.withResolvers<void>();
    const leave = (): void => left.resolve();
    signal.addEventListener("abort", leave, { once: true });
    await Promise.race([opened, left.promise]);
    signal.removeEventListener("abort", leave);
  }
}

async function measure(call: ServedCall): Promise<void> {
  const [before, { cpuMs, memoryBytes }] = await Promise.all([call.before, call.serving.tree.usage()]);
  // A process that a child of it outlived takes the child's time with it.
  call.usage = { cpuMs: Math.max(call.usage.cpuMs, cpuMs - before), memoryBytes };
}
