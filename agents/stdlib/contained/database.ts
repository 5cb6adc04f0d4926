/** `|U.Database.` and `|W.Database.` over the kinds of databases, by the scheme of the URL. */
import type { CanonicalValue } from "@polyglot/contracts";
import { type Given, Refused } from "../given.ts";
import { type Borrowed, ConnectionPools } from "./connection-pools.ts";
import {
  contained,
  type ContainedContext,
  type ContainedFunction,
  type ContainedSettings,
} from "./contained-function.ts";
import type { Connection, OpenConnection } from "./database-connection.ts";
import { databaseLimits } from "./database-limits.ts";
import { type DatabaseKind, kindOfUrl, placeOfDatabase } from "./database-url.ts";
import { millisecondsIn } from "./milliseconds-in.ts";

type Call = Given<ContainedContext>;

const drivers = {
  PostgreSQL: async (...given) => (await import("./postgresql.ts")).openPostgres(...given),
  Redis: async (...given) => (await import("./redis.ts")).openRedis(...given),
  SQLite: async (...given) => (await import("./sqlite.ts")).openSqlite(...given),
} satisfies Record<DatabaseKind, OpenConnection>;

const pools = new WeakMap<ContainedSettings, ConnectionPools>();

/** One set in each process. */
export function poolsOf(settings: ContainedSettings): ConnectionPools {
  const known = pools.get(settings);
  if (known !== undefined) return known;
  const created = new ConnectionPools((url) => drivers[kindOfUrl(url)](url, settings));
  pools.set(settings, created);
  return created;
}

/** For people. */
const sessionKind = "database connection";

/** What a handle stands for. Its calls go one after the other, in the order in which they came. */
class Session {
  readonly place: string;
  readonly #borrowed: Borrowed;
  #last: Promise<unknown> = Promise.resolve();

  constructor(borrowed: Borrowed, place: string) {
    this.#borrowed = borrowed;
    this.place = place;
  }

  use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      if (this.#borrowed.connection.isUsable) return work(this.#borrowed.connection);
      throw new Refused("NetworkError", `the connection to ${this.place} is gone: connect again`);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async end(): Promise<void> {
    await this.#last;
    await this.#borrowed.giveBack();
  }
}

async function connect(call: Call, wanted?: DatabaseKind): Promise<CanonicalValue[]> {
  const url = call.text("url");
  const kind = kindOfUrl(url);
  if (wanted !== undefined && kind !== wanted) {
    throw new Refused("ValidationError", `'url' is of ${kind}, and this wrapper connects to ${wanted}`);
  }
  const { settings, signal, resources } = call.context;
  const session = new Session(await poolsOf(settings).borrow(url, signal), placeOfDatabase(url));
  return [resources.add(sessionKind, session, () => session.end(), session.place)];
}

/** `db`: a handle, or the URL of a database to which a connection is borrowed for this statement alone. */
async function use<T>(call: Call, work: (connection: Connection, signal: AbortSignal) => Promise<T>): Promise<T> {
  const { settings, signal, resources } = call.context;
  const timeoutMs = call.has("timeout") ? millisecondsIn(call, "timeout") : databaseLimits.statementTimeoutMs;
  const time = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, time]);
  const db = call.any("db");
  try {
    if (typeof db !== "string")
      return await resources.take<Session>(db, sessionKind).use((connection) => work(connection, either));
    const borrowed = await poolsOf(settings).borrow(db, either);
    try {
      return await work(borrowed.connection, either);
    } finally {
      await borrowed.giveBack();
    }
  } catch (error) {
    if (!time.aborted || signal.aborted) throw error;
    throw new Refused("TimeoutError", `the statement was stopped after ${timeoutMs / 1000} s`);
  }
}

function statementOf(call: Call, signal: AbortSignal) {
  const parameters = call.has("parameters") ? call.list("parameters") : [];
  return { text: call.text("sql"), parameters, signal, maxBytes: call.context.settings.limits.maxValueBytes };
}

async function disconnect(call: Call): Promise<CanonicalValue[]> {
  const { resources } = call.context;
  resources.take<Session>(call.any("db"), sessionKind);
  await resources.close(call.any("db"));
  return [];
}

const wrapper = (kind: DatabaseKind): ContainedFunction => contained("url", (call) => connect(call, kind));

export const database: Readonly<Record<string, ContainedFunction>> = {
  "U.Database.Connect": contained("url", (call) => connect(call)),
  "U.Database.Query": contained("db, sql, parameters, timeout", (call) =>
    use(call, async (connection, signal) => [[...(await connection.query(statementOf(call, signal)))]]),
  ),
  "U.Database.Execute": contained("db, sql, parameters, timeout", (call) =>
    use(call, async (connection, signal) => [await connection.execute(statementOf(call, signal))]),
  ),
  "U.Database.Disconnect": contained("db", disconnect),
  "W.Database.PostgreSQL.Connection": wrapper("PostgreSQL"),
  "W.Database.Redis.Connection": wrapper("Redis"),
  "W.Database.SQLite.Connection": wrapper("SQLite"),
};
