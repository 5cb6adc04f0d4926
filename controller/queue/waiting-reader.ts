import type { Clock } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { agedBeforeMs } from "../registry/order-key.ts";
import {
  type ClosedGates,
  type DueOrder,
  type FeedPosition,
  feedStart,
  readDelayed,
  readDue,
  readDueOfShares,
  readWaiting,
  type WaitingExecution,
  type WaitingPage,
} from "../store/waiting.ts";
import type { WaitingLine } from "./waiting-line.ts";
import type { WaitingLines } from "./waiting-lines.ts";

const limits = {
  /** Rows of one read. */
  pageItems: 5_000,
} as const;

export interface ReaderHooks {
  /** What cannot start now in a line. */
  readonly closedGates: (line: WaitingLine) => ClosedGates;
  /** Loads what the choice among these depends on. */
  readonly prepare: (executions: readonly WaitingExecution[]) => Promise<void>;
  /** They are in the lines by now. */
  readonly onRead: (executions: readonly WaitingExecution[]) => void;
}

/**
 * Keeps the lines filled from the store: with what is new, by the transactions that made executions wait; and with the
 * next ones of a queue that holds more than memory takes, by its order.
 */
export class WaitingReader {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #lines: WaitingLines;
  readonly #hooks: ReaderHooks;
  #shards: readonly string[] = [];
  /** Where the next look begins. */
  #from: FeedPosition = feedStart;
  #dirty = false;
  #reading: Promise<void> | undefined;
  readonly #refilling = new Map<WaitingLine, Promise<void>>();

  constructor(database: Database, clock: Clock, lines: WaitingLines, hooks: ReaderHooks) {
    this.#database = database;
    this.#clock = clock;
    this.#lines = lines;
    this.#hooks = hooks;
  }

  /** Reads these shards from now on, all of what waits in them first. */
  async follow(shards: readonly string[]): Promise<void> {
    this.#shards = shards;
    this.startOver();
    await this.read();
  }

  /** The next read looks at everything that waits: something may have been missed. */
  startOver(): void {
    // Another object each time, so that a read under way sees it.
    this.#from = { ...feedStart };
  }

  /** Reads what is new; a call while a read is under way is answered by the one after it. */
  async read(): Promise<void> {
    this.#dirty = true;
    this.#reading ??= this.#readWhileDirty().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  /** Reads on in a queue of which memory has too little and the store more; undefined where nothing is to do. */
  refill(line: WaitingLine): Promise<void> | undefined {
    if (this.#refilling.has(line)) return undefined;
    const wantsDelayed = line.delayedUntilMs <= this.#clock.now();
    const wantsDue = line.wantsRefill(this.#lines.capacity);
    if (!wantsDue && !wantsDelayed) return undefined;
    const refilling = this.#refill(line, wantsDue, wantsDelayed).finally(() => this.#refilling.delete(line));
    this.#refilling.set(line, refilling);
    return refilling;
  }

  async #refill(line: WaitingLine, wantsDue: boolean, wantsDelayed: boolean): Promise<void> {
    if (wantsDelayed) await this.#refillDelayed(line);
    if (wantsDue) await this.#refillDue(line);
    this.#hooks.onRead([]);
  }

  async #refillDue(line: WaitingLine): Promise<void> {
    const { queue, definition } = line;
    const limit = this.#lines.capacity;
    const now = new Date(this.#clock.now());
    const closed = this.#hooks.closedGates(line);
    const agedMs = agedBeforeMs(definition, now.getTime());
    const aged: DueOrder[] = agedMs === undefined ? [] : [{ by: "aged", enqueuedBefore: new Date(agedMs) }];
    const order: DueOrder = { by: definition.spec.type === "lifo" ? "last" : "first" };
    // What comes while this reads is new, and is kept wherever it stands in the order.
    line.beginRefill();
    for (const one of aged) {
      await this.#prepared(() => readDue(this.#database, queue, now, one, closed, limit));
    }
    if (definition.fairShare !== undefined) {
      await this.#refillShares(line, now, closed);
      return;
    }
    const first = await this.#prepared(() => readDue(this.#database, queue, now, order, closed, limit));
    const isAll = first.length < limit;
    line.refilled(isAll ? [] : first.slice(-1), isAll && isNothing(closed));
  }

  /** So many of each share, so that no flood of one keeps another out of memory. */
  async #refillShares(line: WaitingLine, now: Date, closed: ClosedGates): Promise<void> {
    const size = line.refillOf(this.#lines.capacity);
    const by = line.definition.spec.type === "lifo" ? "last" : "first";
    const read = () => readDueOfShares(this.#database, line.queue, now, by, closed, size);
    const ofShares = Map.groupBy(await this.#prepared(read), ({ shareKey }) => shareKey ?? "");
    const full = [...ofShares.values()].filter(({ length }) => length >= size.ofEach);
    const isAll = full.length === 0 && ofShares.size < size.shares;
    line.refilled(
      full.flatMap((executions) => executions.slice(-1)),
      isAll && isNothing(closed),
    );
  }

  async #refillDelayed(line: WaitingLine): Promise<void> {
    const after = new Date(line.delayedUntilMs - 1);
    const limit = this.#lines.capacity;
    line.refilledDelayed(undefined);
    const read = await this.#prepared(() => readDelayed(this.#database, line.queue, after, limit));
    line.refilledDelayed(read.length < limit ? undefined : read.at(-1));
  }

  #prepared(read: () => Promise<readonly WaitingExecution[]>): Promise<readonly WaitingExecution[]> {
    return this.#lines.readInto(async () => {
      const executions = await read();
      await this.#hooks.prepare(executions);
      return executions;
    });
  }

  async #readWhileDirty(): Promise<void> {
    while (this.#dirty && this.#shards.length > 0) {
      this.#dirty = false;
      await this.#readFeed(this.#from);
    }
  }

  /**
   * Page by page. The next look begins where the first page of this one could see no further: what was under way then may
   * have committed behind a later page.
   */
  async #readFeed(from: FeedPosition): Promise<void> {
    let next: FeedPosition | undefined = from;
    let horizonXid: string | undefined;
    while (next !== undefined) {
      const page = await this.#readPage(next);
      // Whoever said `startOver` meanwhile wins.
      if (this.#from !== from) {
        this.#dirty = true;
        return;
      }
      horizonXid ??= page.horizonXid;
      next = page.next;
    }
    this.#from = { xid: horizonXid ?? from.xid, sequence: 0 };
  }

  async #readPage(from: FeedPosition): Promise<WaitingPage> {
    let page: WaitingPage | undefined;
    const executions = await this.#lines.readInto(async () => {
      page = await readWaiting(this.#database, this.#shards, from, limits.pageItems);
      await this.#hooks.prepare(page.executions);
      return page.executions;
    });
    this.#hooks.onRead(executions);
    return page ?? { executions, next: undefined, horizonXid: from.xid };
  }
}

const isNothing = ({ concurrencyKeys, rateKeys, pipelines, hosts }: ClosedGates): boolean =>
  concurrencyKeys.length + rateKeys.length + pipelines.length + hosts.length === 0;
