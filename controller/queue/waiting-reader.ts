import type { Database } from "../store/database.ts";
import { readWaiting } from "../store/executions.ts";
import type { WaitingLine } from "./waiting-line.ts";

const limits = {
  /** Rows of one read. More than a group commit writes, so that a read always gets ahead. */
  pageItems: 5_000,
  /** Executions held in memory; what is beyond stays in the store until there is room. */
  memoryItems: 20_000,
} as const;

/** Keeps the waiting line filled from the store, by the transactions that made executions wait. */
export class WaitingReader {
  readonly #database: Database;
  readonly #line: WaitingLine;
  readonly #onRead: () => void;
  #shards: readonly string[] = [];
  #fromXid = "0";
  #dirty = false;
  /** The store has more than memory takes. */
  #behind = false;
  #reading: Promise<void> | undefined;

  constructor(database: Database, line: WaitingLine, onRead: () => void) {
    this.#database = database;
    this.#line = line;
    this.#onRead = onRead;
  }

  /** Reads these shards from now on, all of what waits in them first. */
  async follow(shards: readonly string[]): Promise<void> {
    this.#shards = shards;
    this.startOver();
    await this.read();
  }

  /** The next read looks at everything that waits: something may have been missed. */
  startOver(): void {
    this.#fromXid = "0";
  }

  /** Reads what is new; a call while a read is under way is answered by the one after it. */
  async read(): Promise<void> {
    this.#dirty = true;
    this.#reading ??= this.#readWhileDirty().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  /** Reads on when memory has room again. */
  refill(): void {
    if (this.#behind && this.#line.size < limits.memoryItems / 2) void this.read().catch(() => (this.#behind = true));
  }

  async #readWhileDirty(): Promise<void> {
    while (this.#dirty && this.#shards.length > 0) {
      this.#behind = this.#line.size >= limits.memoryItems;
      if (this.#behind) return;
      this.#dirty = false;
      const asked = this.#fromXid;
      const page = await readWaiting(this.#database, this.#shards, asked, limits.pageItems);
      for (const execution of page.executions) this.#line.add(execution);
      // Whoever said `startOver` during the read wins.
      if (this.#fromXid === asked) this.#fromXid = page.nextXid;
      if (page.full || this.#fromXid === "0") this.#dirty = true;
      this.#onRead();
    }
  }
}
