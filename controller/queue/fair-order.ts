/**
 * The order of a queue that several share: first who is next, then its first one by the order of the queue's type.
 *
 * Who is next: where the queue has so many places at once, whoever would still be within its part of them, by weight among
 * those that wait; places that others had borrowed come back that way, first to the one that is furthest below its part.
 * Else whoever has had least by weight; several that are not ahead of the queue, by their first ones. Each is the top of a
 * heap, and a node of a heap that is not up to date any more is passed over when it comes up.
 */
import { Heap } from "@polyglot/service";
import { type QueueDefinition, weightOf } from "../registry/queue-definition.ts";
import type { WaitingExecution } from "../store/waiting.ts";
import type { Compare, DueOrder, Entry, InnerOrder } from "./due-order.ts";
import type { ShareView } from "./share-book.ts";

/** Nodes that a heap may hold for each share before it is made anew without the old ones. */
const nodesPerShare = 8;

interface Share {
  readonly name: string;
  readonly weight: number;
  readonly line: InnerOrder;
  due: number;
  /** Due, or at gates. */
  waiting: number;
  version: number;
  first: Entry | undefined;
}

interface Node {
  readonly share: Share;
  readonly version: number;
  readonly rank: number;
  readonly first: WaitingExecution;
}

export class FairOrder implements DueOrder {
  readonly #definition: QueueDefinition;
  readonly #view: ShareView;
  readonly #compare: Compare;
  readonly #createLine: () => InnerOrder;
  readonly #shares = new Map<string, Share>();
  /** By the places that they would have, by weight, with one more. */
  #below: Heap<Node>;
  /** Not ahead of the queue's virtual time: by their first ones. */
  #even: Heap<Node>;
  /** By their virtual times. */
  #ahead: Heap<Node>;
  #waitingWeight = 0;
  #nodes = 0;
  /** Of the last pop: what ages stands by it. */
  #nowMs = 0;

  constructor(definition: QueueDefinition, view: ShareView, compare: Compare, createLine: () => InnerOrder) {
    this.#definition = definition;
    this.#view = view;
    this.#compare = compare;
    this.#createLine = createLine;
    this.#below = this.#newHeap();
    this.#even = this.#newHeap();
    this.#ahead = this.#newHeap();
  }

  get shareCount(): number {
    return this.#shares.size;
  }

  dueOf(share: string): number {
    return this.#shares.get(share)?.due ?? 0;
  }

  push(entry: Entry): void {
    const share = this.#shareOf(entry.execution);
    share.line.push(entry);
    share.due += 1;
    const { first } = share;
    const isFirst = first === undefined || this.#compare(entry.execution, first.execution) < 0;
    if (isFirst || first.place !== "due") this.#place(share);
  }

  pop(nowMs: number): Entry | undefined {
    const share = this.#next();
    if (share === undefined) return undefined;
    this.#nowMs = nowMs;
    const entry = share.line.pop(nowMs);
    if (entry !== undefined) share.due -= 1;
    this.#place(share);
    return entry;
  }

  entered({ execution }: Entry): void {
    const share = this.#shareOf(execution);
    if (share.waiting === 0) this.#waitingWeight += share.weight;
    share.waiting += 1;
  }

  left({ execution }: Entry, isDue: boolean): void {
    const share = this.#shares.get(nameOf(execution));
    if (share === undefined) return;
    share.waiting -= 1;
    if (isDue) share.due -= 1;
    if (share.waiting === 0) this.#remove(share);
    else if (!isDue) this.#place(share);
  }

  freed(execution: Pick<WaitingExecution, "shareKey">): void {
    const share = this.#shares.get(nameOf(execution));
    if (share !== undefined) this.#place(share);
  }

  #next(): Share | undefined {
    const most = this.#definition.spec.concurrency?.max;
    const below = most === undefined ? undefined : this.#top(this.#below, (share) => this.#rankOf(share));
    if (most !== undefined && below !== undefined && below.rank * this.#waitingWeight <= most) return below.share;
    const timeOf = ({ name }: Share) => this.#view.timeOf(name);
    for (let node = this.#top(this.#ahead, timeOf); node !== undefined; node = this.#top(this.#ahead, timeOf)) {
      if (node.rank > this.#view.now) break;
      this.#ahead.pop();
      this.#even.push({ ...node, rank: 0 });
    }
    return (this.#top(this.#even, () => 0) ?? this.#ahead.peek())?.share;
  }

  /** The first node that is up to date. */
  #top(heap: Heap<Node>, rankOf: (share: Share) => number): Node | undefined {
    for (let node = heap.peek(); node !== undefined; node = heap.peek()) {
      const { share } = node;
      if (node.version === share.version && share.first?.place === "due" && node.rank === rankOf(share)) return node;
      heap.pop();
      if (node.version === share.version) this.#place(share);
    }
    return undefined;
  }

  /** Where it stands now, with its first one; nowhere where nothing of it waits. */
  #place(share: Share): void {
    share.version += 1;
    share.first = share.due === 0 ? undefined : share.line.first(this.#nowMs);
    if (share.first === undefined) return;
    const node = { share, version: share.version, first: share.first.execution };
    const time = this.#view.timeOf(share.name);
    const isAhead = time > this.#view.now;
    this.#below.push({ ...node, rank: this.#rankOf(share) });
    (isAhead ? this.#ahead : this.#even).push({ ...node, rank: isAhead ? time : 0 });
    this.#nodes += 1;
    if (this.#nodes > nodesPerShare * (this.#shares.size + nodesPerShare)) this.#compact();
  }

  #compact(): void {
    this.#below = this.#newHeap();
    this.#even = this.#newHeap();
    this.#ahead = this.#newHeap();
    this.#nodes = 0;
    for (const share of [...this.#shares.values()]) this.#place(share);
  }

  #newHeap(): Heap<Node> {
    return new Heap<Node>((a, b) => a.rank - b.rank || this.#compare(a.first, b.first));
  }

  #rankOf({ name, weight }: Share): number {
    return (this.#view.running(name) + 1) / weight;
  }

  #remove(share: Share): void {
    share.version += 1;
    this.#shares.delete(share.name);
    this.#waitingWeight = this.#shares.size === 0 ? 0 : this.#waitingWeight - share.weight;
  }

  #shareOf(execution: WaitingExecution): Share {
    const name = nameOf(execution);
    const known = this.#shares.get(name);
    if (known !== undefined) return known;
    const weight = weightOf(this.#definition, name);
    const share = { name, weight, line: this.#createLine(), due: 0, waiting: 0, version: 0, first: undefined };
    this.#shares.set(name, share);
    return share;
  }
}

const nameOf = ({ shareKey }: Pick<WaitingExecution, "shareKey">): string => shareKey ?? "";
