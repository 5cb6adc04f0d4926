/**
 * Connections of one library worker, by URL. A connection belongs to one user at a time, because transactions and
 * settings belong to a connection; it comes back reset, and is closed when nobody has used it for a while.
 */
import { Pool } from "tarn";
import { Refused } from "../given.ts";
import type { Connection } from "./database-connection.ts";
import { databaseLimits } from "./database-limits.ts";
import { placeOfDatabase } from "./database-url.ts";

export interface Borrowed {
  readonly connection: Connection;
  readonly giveBack: () => Promise<void>;
}

type PoolLimits = Pick<
  { readonly [Name in keyof typeof databaseLimits]: number },
  "connectionsPerUrl" | "urls" | "connectionWaitMs" | "keepIdleMs"
>;

export class ConnectionPools {
  readonly #open: (url: string) => Promise<Connection>;
  readonly #limits: PoolLimits;
  readonly #pools = new Map<string, Pool<Connection>>();

  constructor(open: (url: string) => Promise<Connection>, limits: PoolLimits = databaseLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  /** Open connections, used or not. */
  get size(): number {
    return [...this.#pools.values()].reduce((sum, pool) => sum + pool.numUsed() + pool.numFree(), 0);
  }

  async borrow(url: string, signal: AbortSignal): Promise<Borrowed> {
    const pool = this.#poolOf(url);
    signal.throwIfAborted();
    const pending = pool.acquire();
    const abort = () => pending.abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const connection = await pending.promise;
      return { connection, giveBack: () => giveBack(pool, connection) };
    } catch (error) {
      if (pool.isEmpty()) this.#forget(url, pool);
      signal.throwIfAborted();
      throw pool.numUsed() >= this.#limits.connectionsPerUrl ? this.#full(url) : error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Closes the connections that nobody uses, and those in use when they are given back. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #poolOf(url: string): Pool<Connection> {
    const known = this.#pools.get(url);
    if (known !== undefined) return known;
    if (this.#pools.size >= this.#limits.urls) {
      throw new Refused("ResourceError", `there are connections to ${this.#limits.urls} databases, which is the limit`);
    }
    const pool = this.#createPool(url);
    this.#pools.set(url, pool);
    // Nothing is open any more: the password in the URL need not be kept either.
    pool.on("stopReaping", () => this.#forget(url, pool));
    return pool;
  }

  #full(url: string): Refused {
    const { connectionsPerUrl, connectionWaitMs } = this.#limits;
    const what = `all ${connectionsPerUrl} connections to ${placeOfDatabase(url)} are in use`;
    return new Refused("ResourceError", `${what}, and none came free within ${connectionWaitMs / 1000} s`);
  }

  #forget(url: string, pool: Pool<Connection>): void {
    if (this.#pools.get(url) === pool) this.#pools.delete(url);
  }

  #createPool(url: string): Pool<Connection> {
    return new Pool<Connection>({
      create: () => this.#open(url),
      destroy: (connection) => connection.close(),
      validate: (connection) => connection.isUsable,
      min: 0,
      max: this.#limits.connectionsPerUrl,
      acquireTimeoutMillis: this.#limits.connectionWaitMs,
      idleTimeoutMillis: this.#limits.keepIdleMs,
      propagateCreateError: true,
    });
  }
}

/** One that cannot be reset is closed at once: what is given back as unusable is closed by the next who asks for it. */
async function giveBack(pool: Pool<Connection>, connection: Connection): Promise<void> {
  if (!(await connection.reset())) await connection.close();
  pool.release(connection);
}
