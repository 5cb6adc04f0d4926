import { Heap } from "@polyglot/service";
import type { QueueDefinition } from "../registry/queue-definition.ts";
import type { WaitingExecution } from "../store/waiting.ts";
import { compareOf } from "../registry/order-key.ts";
import { type Compare, createInnerOrder, type DueOrder, type Entry, PlainOrder } from "./due-order.ts";
import { FairOrder } from "./fair-order.ts";
import type { ShareView } from "./share-book.ts";

/**
 * What becomes of an execution that is next: `passed` for now; a gate's name: it waits until that gate opens; `closed`:
 * nothing leaves the queue any more; `gone`: it waits no more.
 */
export type Offer = "taken" | "passed" | "closed" | "gone" | { readonly gate: string };

const limits = {
  /** How far `take` looks past executions that nobody can take now, so that one round stays short. */
  passed: 1_000,
  /** Executions that wait at gates. What is beyond goes back to the store, and is read again when a gate opens. */
  parked: 10_000,
} as const;

/**
 * What waits in one queue, in memory, in front of the durable rows: the first ones of its order, and those whose retry is
 * due soonest. What is beyond stays in the store until there is room.
 *
 *     (store) ──add──> delayed ──promote──> due ──take──> (being claimed) ──forget──> (gone)
 *                                            │ ^
 *                                      gate  v │ open
 *                                          parked
 */
export class WaitingLine {
  readonly queue: string;
  readonly #shares: ShareView;
  #definition: QueueDefinition;
  #compare: Compare;
  #due: DueOrder;
  #delayed = newDelayed();
  /** By gate, and there by share: no gate makes one share wait behind another. */
  readonly #parked = new Map<string, Map<string, Heap<Entry>>>();
  readonly #entries = new Map<string, Entry>();
  #dueCount = 0;
  #delayedCount = 0;
  #parkedCount = 0;
  /** What comes after it in the order is in the store alone: of each share, where several share the queue. */
  #horizons = new Map<string, WaitingExecution>();
  /** What is due later than this is in the store alone. */
  #delayedUntilMs = Number.POSITIVE_INFINITY;
  /** The store has something due that is not here. */
  #isBehind = false;
  /** All that the store has more waits at gates, and none has opened since. */
  #isStalled = false;

  constructor(definition: QueueDefinition, shares: ShareView) {
    this.queue = definition.name;
    this.#definition = definition;
    this.#shares = shares;
    this.#compare = compareOf(definition);
    this.#due = this.#newOrder();
  }

  get definition(): QueueDefinition {
    return this.#definition;
  }

  /** All that it holds, those being claimed included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Nothing waits in the queue, neither here nor in the store. */
  get isEmpty(): boolean {
    return this.#entries.size === 0 && !this.#isBehind && !this.hasDelayedBeyond;
  }

  get dueCount(): number {
    return this.#dueCount;
  }

  /** The store has something due that is not here and that may start. */
  get isBehind(): boolean {
    return this.#isBehind && !this.#isStalled;
  }

  /** The store has delayed ones that are not here. */
  get hasDelayedBeyond(): boolean {
    return Number.isFinite(this.#delayedUntilMs);
  }

  /** From when on the store has delayed ones that are not here; infinite where it has none. */
  get delayedUntilMs(): number {
    return this.#delayedUntilMs;
  }

  /** The gates at which something waits. */
  get closedGates(): Iterable<string> {
    return this.#parked.keys();
  }

  /** Another order or other limits: everything is looked at anew. */
  redefine(definition: QueueDefinition): void {
    this.#definition = definition;
    this.#isStalled = false;
    this.#horizons.clear();
    this.#compare = compareOf(definition);
    this.#due = this.#newOrder();
    this.#parked.clear();
    this.#dueCount = 0;
    this.#parkedCount = 0;
    for (const entry of this.#entries.values()) {
      if (entry.place === "due" || entry.place === "parked") this.#enter(entry);
    }
  }

  /** A row that is known already, and the same, changes nothing. Beyond the horizon it stays in the store. */
  add(execution: WaitingExecution, nowMs: number, capacity: number): void {
    const known = this.#entries.get(execution.executionId);
    if (known !== undefined) {
      if (known.place === "taken" || isSame(known.execution, execution)) return;
      this.#drop(known);
    }
    const entry: Entry = { execution, place: "due" };
    if (execution.dueAtMs > nowMs) this.#addDelayed(entry, capacity);
    else this.#addDue(entry, capacity);
  }

  /** The next ones that `offer` takes, in order; those that are passed over keep their places. */
  take(count: number, nowMs: number, offer: (execution: WaitingExecution) => Offer): WaitingExecution[] {
    const taken: WaitingExecution[] = [];
    const passed: Entry[] = [];
    while (taken.length < count && passed.length < limits.passed) {
      const entry = this.#popDue(nowMs);
      if (entry === undefined) break;
      const answer = offer(entry.execution);
      if (answer === "taken") this.#taken(entry, taken);
      else if (typeof answer === "object") this.#park(entry, answer.gate);
      else if (answer === "gone") this.#forget(entry);
      else passed.push(entry);
      if (answer === "closed") break;
    }
    for (const entry of passed) this.#pushDue(entry);
    return taken;
  }

  /** Up to so many of each share that wait at a gate, first ones first, are due again. */
  open(gate: string, count: number): void {
    this.#isStalled = false;
    for (const share of [...(this.#parked.get(gate)?.keys() ?? [])]) this.#openFor(share, gate, count);
  }

  /** Somebody who shares the queue gave a place back, or began after all not. */
  freed(user: Pick<WaitingExecution, "shareKey">): void {
    this.#due.freed(user);
  }

  /** It no longer waits. */
  forget(executionId: string): void {
    const entry = this.#entries.get(executionId);
    if (entry !== undefined) this.#drop(entry);
  }

  /** Moves what is due by now. Answers when the next one is due; undefined where none is delayed. */
  promote(nowMs: number): number | undefined {
    for (let next = this.#delayed.peek(); next !== undefined; next = this.#delayed.peek()) {
      if (next.place === "delayed" && next.execution.dueAtMs > nowMs) return this.#nextDelayed(next.execution.dueAtMs);
      this.#delayed.pop();
      if (next.place !== "delayed") continue;
      this.#delayedCount -= 1;
      this.#enter(next);
    }
    return this.#nextDelayed(Number.POSITIVE_INFINITY);
  }

  /** Whether memory has so little of what the store has more of that it should read on. */
  wantsRefill(capacity: number): boolean {
    if (!this.isBehind) return false;
    const { fairShare } = this.#definition;
    if (fairShare === undefined || this.#horizons.size === 0) return this.#dueCount < capacity / 2;
    const least = this.refillOf(capacity).ofEach / 2;
    return [...this.#horizons.keys()].some((share) => this.#dueOf(share) < least);
  }

  /** How much a refill reads of a queue that several share: room for as many again as are known. */
  refillOf(capacity: number): { readonly ofEach: number; readonly shares: number } {
    const shares = 2 * Math.max(1, this.#due instanceof FairOrder ? this.#due.shareCount : 1);
    return { ofEach: Math.max(1, Math.floor(capacity / shares)), shares };
  }

  /** The store's first ones are about to be read: they are kept wherever they stand. */
  beginRefill(): void {
    this.#horizons.clear();
  }

  /**
   * The store's first ones were read and added. `lasts`: the ones after which it has more, of each share; none: it has no
   * more. `isWhole`: nothing was left out because it waits at a gate, or because more share the queue than were read.
   */
  refilled(lasts: readonly WaitingExecution[], isWhole: boolean): void {
    for (const last of lasts) {
      const share = this.#shareOf(last);
      const trimmed = this.#horizons.get(share);
      if (trimmed === undefined || this.#compare(last, trimmed) < 0) this.#horizons.set(share, last);
    }
    this.#isBehind = this.#horizons.size > 0 || !isWhole;
    this.#isStalled = this.#horizons.size === 0 && !isWhole;
  }

  /** As `refilled`, of what is delayed. */
  refilledDelayed(last: WaitingExecution | undefined): void {
    this.#delayedUntilMs = last?.dueAtMs ?? Number.POSITIVE_INFINITY;
  }

  #newOrder(): DueOrder {
    const definition = this.#definition;
    const inner = () => createInnerOrder(definition);
    if (definition.fairShare === undefined) return new PlainOrder(inner());
    return new FairOrder(definition, this.#shares, this.#compare, inner);
  }

  /** Without shares all are one. */
  #shareOf({ shareKey }: WaitingExecution): string {
    return this.#definition.fairShare === undefined ? "" : (shareKey ?? "");
  }

  #dueOf(share: string): number {
    return this.#due instanceof FairOrder ? this.#due.dueOf(share) : this.#dueCount;
  }

  #nextDelayed(dueAtMs: number): number | undefined {
    const next = Math.min(dueAtMs, this.#delayedUntilMs);
    return Number.isFinite(next) ? next : undefined;
  }

  #addDue(entry: Entry, capacity: number): void {
    const { execution } = entry;
    const horizon = this.#horizons.get(this.#shareOf(execution));
    if (horizon !== undefined && this.#compare(execution, horizon) > 0) {
      this.#isBehind = true;
      return;
    }
    this.#entries.set(execution.executionId, entry);
    this.#enter(entry);
    if (this.#dueCount > 2 * capacity) this.#trimDue(capacity);
  }

  #addDelayed(entry: Entry, capacity: number): void {
    const { execution } = entry;
    if (execution.dueAtMs > this.#delayedUntilMs) return;
    entry.place = "delayed";
    this.#entries.set(execution.executionId, entry);
    this.#delayed.push(entry);
    this.#delayedCount += 1;
    if (this.#delayedCount > 2 * capacity) this.#trimDelayed(capacity);
  }

  #taken(entry: Entry, taken: WaitingExecution[]): void {
    entry.place = "taken";
    entry.openedFrom = undefined;
    this.#due.left(entry, false);
    taken.push(entry.execution);
  }

  /** One that was popped. */
  #forget(entry: Entry): void {
    this.#due.left(entry, false);
    this.#leave(entry);
  }

  #enter(entry: Entry): void {
    this.#due.entered(entry);
    this.#pushDue(entry);
  }

  #leave(entry: Entry): void {
    entry.place = "gone";
    this.#entries.delete(entry.execution.executionId);
    this.#openNext(entry.openedFrom, entry);
  }

  #park(entry: Entry, gate: string): void {
    if (this.#parkedCount >= limits.parked) {
      this.#forget(entry);
      this.#isBehind = true;
      return;
    }
    const from = entry.openedFrom;
    entry.place = "parked";
    entry.openedFrom = undefined;
    this.#parkedCount += 1;
    this.#heapAt(gate, this.#shareOf(entry.execution)).push(entry);
    if (from !== gate) this.#openNext(from, entry);
  }

  #heapAt(gate: string, share: string): Heap<Entry> {
    const ofShares = this.#parked.get(gate) ?? new Map<string, Heap<Entry>>();
    this.#parked.set(gate, ofShares);
    const heap = ofShares.get(share) ?? new Heap((a: Entry, b: Entry) => this.#compare(a.execution, b.execution));
    ofShares.set(share, heap);
    return heap;
  }

  /** One for which a gate opened did not start: the next one there may. */
  #openNext(gate: string | undefined, { execution }: Entry): void {
    if (gate !== undefined) this.#openFor(this.#shareOf(execution), gate, 1);
  }

  #openFor(share: string, gate: string, count: number): void {
    const ofShares = this.#parked.get(gate);
    const heap = ofShares?.get(share);
    if (ofShares === undefined || heap === undefined) return;
    for (let left = count; left > 0; left -= 1) {
      const entry = popParked(heap);
      if (entry === undefined) break;
      this.#parkedCount -= 1;
      entry.openedFrom = gate;
      this.#pushDue(entry);
    }
    if (heap.size === 0) ofShares.delete(share);
    if (ofShares.size === 0) this.#parked.delete(gate);
  }

  #pushDue(entry: Entry): void {
    entry.place = "due";
    this.#dueCount += 1;
    this.#due.push(entry);
  }

  #popDue(nowMs: number): Entry | undefined {
    const entry = this.#due.pop(nowMs);
    if (entry !== undefined) this.#dueCount -= 1;
    return entry;
  }

  /** Heaps hold it until it comes up, and see then that it is gone. */
  #drop(entry: Entry): void {
    if (entry.place === "due") this.#dueCount -= 1;
    if (entry.place === "delayed") this.#delayedCount -= 1;
    if (entry.place === "parked") this.#parkedCount -= 1;
    if (entry.place === "due" || entry.place === "parked") this.#due.left(entry, entry.place === "due");
    this.#leave(entry);
  }

  /** Keeps the first ones, of each share as many; the others stay in the store. */
  #trimDue(capacity: number): void {
    const due = [...this.#entries.values()].filter((entry) => entry.place === "due");
    due.sort((a, b) => this.#compare(a.execution, b.execution));
    const ofShares = Map.groupBy(due, ({ execution }) => this.#shareOf(execution));
    const ofEach = Math.max(1, Math.floor(capacity / ofShares.size));
    for (const [share, entries] of ofShares) {
      if (entries.length <= ofEach) continue;
      for (const entry of entries.slice(ofEach)) this.#drop(entry);
      this.#horizons.set(share, (entries[ofEach - 1] as Entry).execution);
    }
    this.#isBehind = true;
    this.#due = this.#newOrder();
    for (const entry of this.#entries.values()) {
      if (entry.place === "due" || entry.place === "parked") this.#due.entered(entry);
      if (entry.place === "due") this.#due.push(entry);
    }
  }

  #trimDelayed(capacity: number): void {
    const delayed = [...this.#entries.values()].filter((entry) => entry.place === "delayed");
    delayed.sort((a, b) => a.execution.dueAtMs - b.execution.dueAtMs);
    for (const entry of delayed.slice(capacity)) this.#drop(entry);
    this.#delayedUntilMs = delayed[capacity - 1]?.execution.dueAtMs ?? Number.POSITIVE_INFINITY;
    this.#delayed = newDelayed();
    for (const entry of delayed.slice(0, capacity)) this.#delayed.push(entry);
  }
}

/** The first one that still waits at the gate. */
function popParked(heap: Heap<Entry>): Entry | undefined {
  let entry = heap.pop();
  while (entry !== undefined && entry.place !== "parked") entry = heap.pop();
  return entry;
}

const newDelayed = () => new Heap<Entry>((a, b) => a.execution.dueAtMs - b.execution.dueAtMs);

const isSame = (a: WaitingExecution, b: WaitingExecution): boolean =>
  a.attemptNo === b.attemptNo &&
  a.dueAtMs === b.dueAtMs &&
  a.orderKey === b.orderKey &&
  a.orderTie === b.orderTie &&
  a.priority === b.priority &&
  a.importance === b.importance &&
  a.shareKey === b.shareKey;
