/**
 * Connections to PostgreSQL 14 or newer: a pool for statements and one connection that listens. It knows no table.
 * A lost server is not an error of the caller's making: statements reject with `StoreUnavailable` until it is back.
 */
import type { Logger } from "@polyglot/service";
import { Pool, types } from "pg";
import { Listener } from "./listener.ts";
import type { NamedQuery } from "./sql-file.ts";

const limits = {
  connections: 10,
  connectMs: 10_000,
  statementMs: 60_000,
  /** Of a transaction whose program stands still: the locks that it has must not outlive the lease of what it owns. */
  idleTransactionMs: 8_000,
} as const;

/** The server cannot be reached or is going down: nothing was done, or what was done is unknown. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

// bigint columns are sequences and counts, far below 2^53: numbers serve better than pg's default of text.

types.setTypeParser(types.builtins.INT8, Number);

/** What runs statements: the database itself, or one transaction of it. */
export interface Queryable {
  query<Row extends object>(query: NamedQuery, values?: readonly unknown[]): Promise<Row[]>;
}

export class Database implements Queryable {
  readonly #pool: Pool;
  readonly #listener: Listener;

  private constructor(pool: Pool, listener: Listener) {
    this.#pool = pool;
    this.#listener = listener;
  }

  /** Rejects with `StoreUnavailable` when no server answers. */
  static async open(url: string, logger: Logger): Promise<Database> {
    const pool = new Pool({
      connectionString: url,
      max: limits.connections,
      connectionTimeoutMillis: limits.connectMs,
      statement_timeout: limits.statementMs,
      idle_in_transaction_session_timeout: limits.idleTransactionMs,
    });
    // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
    pool.on("error", (error) => logger.warn({ error: error.message }, "lost an idle database connection"));
    // One that is in use has no listener of the pool, or only for one error. Its statements reject, which is enough.
    pool.on("connect", (client) => client.on("error", () => undefined));
    const database = new Database(pool, new Listener(url, logger));
    try {
      await database.query({ name: "ping", text: "select 1" });
    } catch (error) {
      await pool.end();
      throw error;
    }
    return database;
  }

  async query<Row extends object>(query: NamedQuery, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await this.#pool.query<Row>({ ...query, values: [...values] });
      return rows;
    } catch (error) {
      throw storeError(error);
    }
  }

  /** Runs `work` in one transaction; any rejection rolls it back. */
  async transaction<Answer>(work: (transaction: Queryable) => Promise<Answer>): Promise<Answer> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw storeError(error);
    });
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const answer = await work({
        query: async <Row extends object>(query: NamedQuery, values: readonly unknown[] = []) =>
          (await client.query<Row>({ ...query, values: [...values] })).rows,
      });
      await client.query("commit");
      return answer;
    } catch (error) {
      await client.query("rollback").catch((lost: Error) => (broken = lost));
      throw storeError(error);
    } finally {
      client.release(broken);
    }
  }

  /**
   * Calls `listener` with the payload of each notification, and with undefined whenever some may have been missed:
   * after each (re)connection. Resolves when the first one stands. Answers how to end it.
   */
  listen(channel: string, listener: (payload: string | undefined) => void): Promise<() => void> {
    return this.#listener.add(channel, listener);
  }

  async close(): Promise<void> {
    await this.#listener.stop();
    await this.#pool.end();
  }
}

/**
 * SQLSTATE classes 08 (connection), 40 (rolled back: a deadlock) and 57P (operator intervention), 25P03 (a transaction that
 * stood still for too long), and errors of the socket.
 */
function storeError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error;
  const code = "code" in error ? String(error.code) : "";
  const lost =
    /^(?:08|40|57P|25P03)/.test(code) ||
    /^E[A-Z]+$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    );
  return lost ? new StoreUnavailable("the store does not answer", { cause: error }) : error;
}
