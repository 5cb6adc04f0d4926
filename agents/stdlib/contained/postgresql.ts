/** Connections to PostgreSQL. Rows come in batches over a portal, so that a result that is too large ends early. */
import { Client, type CustomTypesConfig, type FieldDef, type Connection as Wire } from "pg";
import Cursor from "pg-cursor";
import type { CanonicalValue } from "@polyglot/contracts";
import { Refused } from "../given.ts";
import { AddressPolicy } from "@polyglot/service/address-policy";
import type { ContainedSettings } from "./contained-function.ts";
import type { Connection, Statement } from "./database-connection.ts";
import { databaseLimits } from "./database-limits.ts";
import { checkColumns, ResultSize, rowOf } from "./database-rows.ts";
import { GuardedSocket } from "@polyglot/service/guarded-socket";
import { cancelRequest } from "./postgresql-cancel.ts";
import { problemOfPostgres } from "./postgresql-problem.ts";
import { parameterOfPostgres, valueOfPostgres } from "./postgresql-values.ts";

/** Rows of one batch. */
const batchRows = 200;

/** As PostgreSQL wrote them: a reader that throws inside of the client would end the process. */
const asText: CustomTypesConfig = { getTypeParser: () => (text: string) => text };

export async function openPostgres(url: string, settings: ContainedSettings): Promise<Connection> {
  const policy = new AddressPolicy(settings.allowNetworks);
  const client = new Client({
    connectionString: url,
    stream: () => clientSocket(policy),
    connectionTimeoutMillis: databaseLimits.connectTimeoutMs,
    application_name: "polyglot",
    keepAlive: true,
  });
  const connection = new PostgresConnection(client);
  await client.connect().catch((error: unknown) => {
    throw problemOfPostgres(error);
  });
  return connection;
}

/** The client tells its socket where to connect to, by these arguments. */
function clientSocket(policy: AddressPolicy): GuardedSocket {
  const socket = new GuardedSocket(policy);
  return Object.assign(socket, { connect: (port: number | string, host?: string) => socket.connectTo(port, host) });
}

class PostgresConnection implements Connection {
  readonly #client: Client;
  #isUsable = true;

  constructor(client: Client) {
    this.#client = client;
    client.on("error", () => this.#giveUp());
    client.on("end", () => this.#giveUp());
  }

  get isUsable(): boolean {
    return this.#isUsable;
  }

  async query(statement: Statement): Promise<CanonicalValue[]> {
    const rows: CanonicalValue[] = [];
    await this.#run(statement, (values, fields) => {
      const names = fields.map(({ name }) => name);
      if (rows.length === 0) checkColumns(names);
      rows.push(
        rowOf(
          names,
          values.map((text, index) => valueOfPostgres(text, fields[index]?.dataTypeID ?? 0)),
        ),
      );
    });
    return rows;
  }

  execute(statement: Statement): Promise<number> {
    return this.#run(statement, () => {});
  }

  /** Ends an open transaction, then forgets settings, prepared statements, temporary tables, locks and listeners. */
  async reset(): Promise<boolean> {
    if (!this.#isUsable) return false;
    try {
      await this.#client.query("rollback");
      await this.#client.query("discard all");
      return this.#isUsable;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    this.#isUsable = false;
    const time = setTimeout(() => this.#destroy(), databaseLimits.cancelGraceMs);
    await this.#client.end().catch(() => {});
    clearTimeout(time);
  }

  /** Gives the number of rows that the statement gave or changed. */
  async #run(statement: Statement, take: (row: (string | null)[], fields: FieldDef[]) => void): Promise<number> {
    const values = statement.parameters.map((value, index) => parameterOfPostgres(value, index));
    const cursor = new SafeCursor(statement.text, values, { rowMode: "array", types: asText });
    const stopCancelling = this.#cancelWith(statement.signal);
    try {
      this.#client.query(cursor);
      return await readAll(cursor, new ResultSize(statement.maxBytes), take);
    } catch (error) {
      throw cursor.refusal ?? problemOfPostgres(error);
    } finally {
      stopCancelling();
    }
  }

  /** The server is asked to stop, and the connection stays; where that does not help in time, the connection goes. */
  #cancelWith(signal: AbortSignal): () => void {
    let grace: NodeJS.Timeout | undefined;
    const cancel = () => {
      cancelRequest(this.#client);
      grace = setTimeout(() => this.#destroy(), databaseLimits.cancelGraceMs);
    };
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
    return () => {
      signal.removeEventListener("abort", cancel);
      clearTimeout(grace);
    };
  }

  #giveUp(): void {
    this.#isUsable = false;
  }

  #destroy(): void {
    this.#giveUp();
    this.#client.connection.stream.destroy();
  }
}

/** A statement that is about to copy rows from the client waits for them forever, unless it is told that none come. */
class SafeCursor extends Cursor<(string | null)[]> {
  refusal: Refused | undefined;

  handleCopyInResponse(wire: Wire & { sendCopyFail(message: string): void }): void {
    this.refusal = new Refused("ValidationError", "'copy from stdin' is not served here: insert the rows");
    wire.sendCopyFail(this.refusal.message);
  }

  handleCopyData(): void {}
}

interface Batch {
  readonly rows: (string | null)[][];
  readonly fields: FieldDef[];
  readonly rowCount: number;
}

async function readAll(
  cursor: SafeCursor,
  size: ResultSize,
  take: (row: (string | null)[], fields: FieldDef[]) => void,
) {
  try {
    for (;;) {
      const { rows, fields, rowCount } = await readBatch(cursor);
      for (const row of rows) {
        size.add(bytesOf(row));
        take(row, fields);
      }
      if (rows.length < batchRows) return Math.max(size.rows, rowCount);
    }
  } catch (error) {
    if (error instanceof Refused) await cursor.close();
    throw error;
  }
}

function readBatch(cursor: SafeCursor): Promise<Batch> {
  return new Promise((resolve, reject) => {
    cursor.read(batchRows, (error, rows, result) => {
      // Node's convention leaves it null or undefined where there is none.
      if (error) reject(error);
      else resolve({ rows, fields: result.fields, rowCount: result.rowCount ?? 0 });
    });
  });
}

const bytesOf = (row: readonly (string | null)[]): number => row.reduce((sum, text) => sum + (text?.length ?? 0), 0);
