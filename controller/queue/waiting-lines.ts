import type { Clock } from "@polyglot/service";
import type { QueueDefinition } from "../registry/queue-definition.ts";
import type { WaitingExecution } from "../store/waiting.ts";
import type { ShareView } from "./share-book.ts";
import { type Offer, WaitingLine } from "./waiting-line.ts";

const limits = {
  /** Executions that are due and held in memory, over all queues. */
  memoryItems: 100_000,
  /** Of one queue. */
  lineItems: { least: 100, most: 10_000 },
} as const;

/** The lines of all queues of the own shards. A row is in one of them, at most once. */
export class WaitingLines {
  readonly #clock: Clock;
  readonly #define: (queue: string) => QueueDefinition;
  readonly #sharesOf: (queue: string) => ShareView;
  readonly #lines = new Map<string, WaitingLine>();
  /** Those with something due, in the order in which they are asked next. */
  readonly #ready = new Set<WaitingLine>();
  /** Those in which something is delayed. */
  readonly #timed = new Set<WaitingLine>();
  /** What left while the store was being read: it may stand in the answer as if it still waited. */
  readonly #left = new Set<string>();
  #reads = 0;

  constructor(clock: Clock, define: (queue: string) => QueueDefinition, sharesOf: (queue: string) => ShareView) {
    this.#clock = clock;
    this.#define = define;
    this.#sharesOf = sharesOf;
  }

  get lines(): Iterable<WaitingLine> {
    return this.#lines.values();
  }

  /** Those with something due. */
  get ready(): Iterable<WaitingLine> {
    return this.#ready;
  }

  line(queue: string): WaitingLine | undefined {
    return this.#lines.get(queue);
  }

  /** What one line holds before it leaves the rest to the store. */
  get capacity(): number {
    const { least, most } = limits.lineItems;
    return Math.max(least, Math.min(most, Math.floor(limits.memoryItems / Math.max(1, this.#lines.size))));
  }

  /** Reads the store and adds what it answers, except what left meanwhile. */
  async readInto(read: () => Promise<readonly WaitingExecution[]>): Promise<readonly WaitingExecution[]> {
    this.#reads += 1;
    try {
      const executions = await read();
      for (const execution of executions) if (!this.#left.has(execution.executionId)) this.#add(execution);
      return executions;
    } finally {
      this.#reads -= 1;
      if (this.#reads === 0) this.#left.clear();
    }
  }

  /**
   * Up to so many that `offer` takes: each queue in turn gives its next ones. `isOpen` says whether anything may leave a
   * queue at all, and is asked before each one.
   */
  take(
    count: number,
    isOpen: (definition: QueueDefinition) => boolean,
    offer: (execution: WaitingExecution, definition: QueueDefinition) => Offer,
  ): WaitingExecution[] {
    const nowMs = this.#clock.now();
    const taken: WaitingExecution[] = [];
    let asked = [...this.#ready];
    while (taken.length < count && asked.length > 0) {
      const share = Math.max(1, Math.floor((count - taken.length) / asked.length));
      const generous: WaitingLine[] = [];
      for (const line of asked) {
        const wanted = Math.min(share, count - taken.length);
        if (wanted === 0) break;
        const got = this.#takeFrom(line, wanted, nowMs, isOpen, offer);
        taken.push(...got);
        if (got.length === wanted) generous.push(line);
        this.#rotate(line);
      }
      asked = generous;
    }
    return taken;
  }

  /** It no longer waits. */
  forget({ executionId, queue }: { readonly executionId: string; readonly queue: string }): void {
    if (this.#reads > 0) this.#left.add(executionId);
    this.#lines.get(queue)?.forget(executionId);
  }

  open(queue: string, gate: string, count: number): void {
    const line = this.#lines.get(queue);
    line?.open(gate, count);
    this.#note(line);
  }

  /** See `WaitingLine`. */
  freed(user: { readonly queue: string; readonly shareKey: string | null }): void {
    this.#lines.get(user.queue)?.freed(user);
  }

  /** Drops what is not in these shards any more. */
  keepShards(shards: ReadonlySet<string>, shardOf: (queue: string) => string): void {
    for (const [queue, line] of this.#lines) if (!shards.has(shardOf(queue))) this.#remove(queue, line);
  }

  redefine(definition: QueueDefinition): void {
    const line = this.#lines.get(definition.name);
    line?.redefine(definition);
    this.#note(line);
  }

  /** Moves what is due by now. Answers when the next one is due; undefined where none is delayed. */
  promote(): number | undefined {
    const nowMs = this.#clock.now();
    let nextMs: number | undefined;
    for (const line of this.#timed) {
      const dueAtMs = line.promote(nowMs);
      this.#note(line);
      if (dueAtMs === undefined) this.#timed.delete(line);
      else nextMs = Math.min(nextMs ?? dueAtMs, dueAtMs);
    }
    return nextMs;
  }

  #add(execution: WaitingExecution): void {
    const nowMs = this.#clock.now();
    const line = this.#lineOf(execution.queue);
    line.add(execution, nowMs, this.capacity);
    if (execution.dueAtMs > nowMs) this.#timed.add(line);
    this.#note(line);
  }

  #lineOf(queue: string): WaitingLine {
    const known = this.#lines.get(queue);
    if (known !== undefined) return known;
    const line = new WaitingLine(this.#define(queue), this.#sharesOf(queue));
    this.#lines.set(queue, line);
    return line;
  }

  #takeFrom(
    line: WaitingLine,
    count: number,
    nowMs: number,
    isOpen: (definition: QueueDefinition) => boolean,
    offer: (execution: WaitingExecution, definition: QueueDefinition) => Offer,
  ): WaitingExecution[] {
    const { definition } = line;
    if (!isOpen(definition)) return [];
    return line.take(count, nowMs, (execution) => (isOpen(definition) ? offer(execution, definition) : "closed"));
  }

  /** To the end of those that are asked, or out of them. */
  #rotate(line: WaitingLine): void {
    this.#ready.delete(line);
    if (line.dueCount > 0) this.#ready.add(line);
    else if (line.isEmpty) this.#remove(line.queue, line);
  }

  #note(line: WaitingLine | undefined): void {
    if (line !== undefined && line.dueCount > 0) this.#ready.add(line);
  }

  #remove(queue: string, line: WaitingLine): void {
    this.#lines.delete(queue);
    this.#ready.delete(line);
    this.#timed.delete(line);
  }
}
