import type { CanonicalValue } from "@polyglot/contracts";
import { ContainedBed } from "./contained.fixture.ts";
import { database, poolsOf } from "./database.ts";

/** Statements against one database, over a connection of the test's own where there is one. */
export class DatabaseBed extends ContainedBed {
  readonly #url: string;

  constructor(url: string, options: ConstructorParameters<typeof ContainedBed>[1] = {}) {
    super(database, options);
    this.#url = url;
  }

  connect(): Promise<CanonicalValue> {
    return this.first("U.Database.Connect", { url: this.#url });
  }

  /** Rows, or the error. */
  async query(
    sql: string,
    parameters: readonly CanonicalValue[] = [],
    db: CanonicalValue = this.#url,
  ): Promise<unknown> {
    const ended = await this.call("U.Database.Query", { db, sql, parameters });
    return Array.isArray(ended) ? (ended[0] as unknown) : ended;
  }

  async execute(
    sql: string,
    parameters: readonly CanonicalValue[] = [],
    db: CanonicalValue = this.#url,
  ): Promise<unknown> {
    const ended = await this.call("U.Database.Execute", { db, sql, parameters });
    return Array.isArray(ended) ? (ended[0] as unknown) : ended;
  }

  /** Open connections, used or not. */
  get connections(): number {
    return poolsOf(this.settings).size;
  }

  override async stop(): Promise<void> {
    await super.stop();
    await poolsOf(this.settings).close();
  }
}
