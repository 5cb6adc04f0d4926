/** Orders in which what is due leaves a queue. Each is a heap by keys that time does not change, or is made of such. */
import { Heap } from "@polyglot/service";
import { agedBeforeMs, compareOf } from "../registry/order-key.ts";
import type { QueueDefinition } from "../registry/queue-definition.ts";
import type { WaitingExecution } from "../store/waiting.ts";

/** An execution in a line, and where it is: in one place at a time. */
export interface Entry {
  readonly execution: WaitingExecution;
  place: "due" | "delayed" | "parked" | "taken" | "gone";
  /** The gate that opened for it: where it does not start after all, the next one of that gate may. */
  openedFrom?: string | undefined;
}

export type Compare = (a: WaitingExecution, b: WaitingExecution) => number;

export interface DueOrder {
  push(entry: Entry): void;
  /** The next one that is due. */
  pop(nowMs: number): Entry | undefined;
  /** It waits for its start from now on, be it due or at a gate. */
  entered(entry: Entry): void;
  /** It does not wait any more. `isDue`: it was not popped before. */
  left(entry: Entry, isDue: boolean): void;
  /** Somebody of this share gave a place back. */
  freed(user: Pick<WaitingExecution, "shareKey">): void;
}

/** An order that looks at nothing but what is in it. */
export interface InnerOrder extends Pick<DueOrder, "push" | "pop"> {
  /** What `pop` would answer. */
  first(nowMs: number): Entry | undefined;
}

export function createInnerOrder(definition: QueueDefinition): InnerOrder {
  const capped = definition.ageing?.max !== undefined && definition.spec.type === "priority";
  return capped ? new CappedOrder(definition) : new HeapOrder(compareOf(definition));
}

/** For a queue that nobody shares: nothing depends on what left before. */
export class PlainOrder implements DueOrder {
  readonly #inner: InnerOrder;

  constructor(inner: InnerOrder) {
    this.#inner = inner;
  }

  push(entry: Entry): void {
    this.#inner.push(entry);
  }

  pop(nowMs: number): Entry | undefined {
    return this.#inner.pop(nowMs);
  }

  entered(): void {}

  left(): void {}

  freed(): void {}
}

class HeapOrder implements InnerOrder {
  readonly #heap: Heap<Entry>;

  constructor(order: Compare) {
    this.#heap = new Heap((a, b) => order(a.execution, b.execution));
  }

  push(entry: Entry): void {
    this.#heap.push(entry);
  }

  first(): Entry | undefined {
    return firstDue(this.#heap);
  }

  pop(): Entry | undefined {
    return firstDue(this.#heap) && this.#heap.pop();
  }
}

/** What is not due any more is in a heap until it comes up. */
function firstDue(heap: Heap<Entry>): Entry | undefined {
  for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
    if (entry.place === "due") return entry;
    heap.pop();
  }
  return undefined;
}

/**
 * Priorities that age up to a limit. What still gains is in a heap by its key; what has reached the limit stands still in
 * another one, and the two first ones are compared when one is asked for.
 *
 *     rising ──has gained all──> aged
 */
class CappedOrder implements InnerOrder {
  readonly #definition: QueueDefinition;
  readonly #rising: Heap<Entry>;
  readonly #aged: Heap<Entry>;
  readonly #oldest = new Heap<Entry>((a, b) => a.execution.enqueuedAtMs - b.execution.enqueuedAtMs);

  constructor(definition: QueueDefinition) {
    this.#definition = definition;
    const order = compareOf(definition);
    this.#rising = new Heap((a, b) => order(a.execution, b.execution));
    this.#aged = new Heap((a, b) => compareAged(a.execution, b.execution));
  }

  push(entry: Entry): void {
    this.#rising.push(entry);
    this.#oldest.push(entry);
  }

  first(nowMs: number): Entry | undefined {
    return this.#heapOfFirst(nowMs).peek();
  }

  pop(nowMs: number): Entry | undefined {
    return this.#heapOfFirst(nowMs).pop();
  }

  #heapOfFirst(nowMs: number): Heap<Entry> {
    const limitMs = agedBeforeMs(this.#definition, nowMs) ?? Number.NEGATIVE_INFINITY;
    this.#age(limitMs);
    const rising = this.#firstRising(limitMs);
    const aged = firstDue(this.#aged);
    if (rising === undefined || aged === undefined) return rising === undefined ? this.#aged : this.#rising;
    return this.#gainOf(aged, nowMs) >= this.#gainOf(rising, nowMs) ? this.#aged : this.#rising;
  }

  #age(limitMs: number): void {
    for (let next = this.#oldest.peek(); next !== undefined; next = this.#oldest.peek()) {
      if (next.execution.enqueuedAtMs >= limitMs) return;
      this.#oldest.pop();
      if (next.place === "due") this.#aged.push(next);
    }
  }

  /** What has aged is in the other heap by now. */
  #firstRising(limitMs: number): Entry | undefined {
    for (let next = this.#rising.peek(); next !== undefined; next = this.#rising.peek()) {
      if (next.place === "due" && next.execution.enqueuedAtMs >= limitMs) return next;
      this.#rising.pop();
    }
    return undefined;
  }

  /** Its priority with all that it has gained. */
  #gainOf({ execution }: Entry, nowMs: number): number {
    const { everyMs = 1, by = 0, max = 0 } = this.#definition.ageing ?? {};
    const gains = Math.floor(nowMs / everyMs) - Math.floor(execution.enqueuedAtMs / everyMs);
    return execution.priority + Math.min(max, by * gains);
  }
}

const compareAged: Compare = (a, b) =>
  b.priority - a.priority || b.importance - a.importance || a.sequence - b.sequence;
