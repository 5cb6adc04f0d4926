/** Connections to SQLite: a process each, see `sqlite-process.ts`. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CanonicalValue } from "@polyglot/contracts";
import { Refused } from "../given.ts";
import type { ContainedSettings } from "./contained-function.ts";
import type { Connection, Statement } from "./database-connection.ts";
import { databaseLimits } from "./database-limits.ts";
import { checkColumns, rowOf } from "./database-rows.ts";
import type { SqliteAnswer, SqliteOpening, SqliteRequest } from "./sqlite-messages.ts";
import { parseSqliteUrl } from "./sqlite-url.ts";
import { parameterOfSqlite, valueOfSqlite } from "./sqlite-values.ts";

/** Beside this file, built or not. */
const program = fileURLToPath(new URL(`./sqlite-process.${import.meta.url.split(".").at(-1)}`, import.meta.url));

export async function openSqlite(url: string, { dataRoot }: ContainedSettings): Promise<Connection> {
  const opening: SqliteOpening = {
    ...parseSqliteUrl(url, dataRoot),
    busyMs: databaseLimits.sqliteBusyMs,
    maxRows: databaseLimits.maxRows,
  };
  const connection = new SqliteConnection(opening);
  if (await connection.reset()) return connection;
  throw connection.refusal ?? new Refused("ResourceError", "the process for SQLite did not start");
}

class SqliteConnection implements Connection {
  refusal: Refused | undefined;
  readonly #process: ChildProcess;
  #isUsable = true;

  constructor(opening: SqliteOpening) {
    this.#process = fork(program, [JSON.stringify(opening)], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    this.#process.on("exit", () => this.#giveUp());
    this.#process.on("error", () => this.#giveUp());
  }

  get isUsable(): boolean {
    return this.#isUsable;
  }

  async query({ text, parameters, signal, maxBytes }: Statement): Promise<CanonicalValue[]> {
    const answer = await this.#ask(
      { kind: "query", text, parameters: parameters.map(parameterOfSqlite), maxBytes },
      signal,
    );
    if (answer.kind !== "rows") throw refusalOf(answer, maxBytes);
    checkColumns(answer.names);
    return answer.rows.map((row) => rowOf(answer.names, row.map(valueOfSqlite)));
  }

  async execute({ text, parameters, signal, maxBytes }: Statement): Promise<number> {
    const given = parameters.map(parameterOfSqlite);
    const answer = await this.#ask({ kind: "execute", text, parameters: given, maxBytes }, signal);
    if (answer.kind !== "changed") throw refusalOf(answer, maxBytes);
    return Number(answer.count);
  }

  async reset(): Promise<boolean> {
    if (!this.#isUsable) return false;
    const answer = await this.#ask({ kind: "open" }, AbortSignal.timeout(databaseLimits.connectTimeoutMs));
    if (answer.kind === "opened") return true;
    this.refusal = refusalOf(answer, 0);
    await this.close();
    return false;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null || this.#process.pid === undefined) return;
    const exit = once(this.#process, "exit");
    this.#giveUp();
    await exit;
  }

  #giveUp(): void {
    this.#isUsable = false;
    this.#process.kill("SIGKILL");
  }

  /** A statement is stopped by the end of its process; SQLite rolls back what it had begun. */
  async #ask(request: SqliteRequest, signal: AbortSignal): Promise<SqliteAnswer> {
    const settled = new AbortController();
    const over = AbortSignal.any([signal, settled.signal]);
    const giveUp = () => this.#giveUp();
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      const answer = once(this.#process, "message", { signal: over });
      const exit = once(this.#process, "exit", { signal: over }).then(() => [gone]);
      this.#process.send(request, () => {});
      const [first] = (await Promise.race([answer, exit])) as [SqliteAnswer];
      return first;
    } finally {
      signal.removeEventListener("abort", giveUp);
      settled.abort();
    }
  }
}

const gone: SqliteAnswer = { kind: "problem", message: "the process that had it open is gone", code: undefined };

/** SQLite's primary result codes; any other is an error in what it was asked. */
const types: Readonly<Record<number, string>> = {
  3: "PermissionError",
  5: "ResourceError",
  6: "ResourceError",
  7: "ResourceError",
  8: "PermissionError",
  10: "FileError",
  11: "FileError",
  13: "DiskFullError",
  14: "FileError",
  18: "ResourceError",
  23: "PermissionError",
  26: "FileError",
};

function refusalOf(answer: SqliteAnswer, maxBytes: number): Refused {
  if (answer.kind === "severalStatements") {
    return new Refused("ValidationError", "the text holds several statements: give one at a time");
  }
  if (answer.kind === "tooMany") {
    const limit = answer.what === "rows" ? databaseLimits.maxRows : maxBytes;
    return new Refused("ResourceError", `the result has more than ${limit} ${answer.what}; ask for less with 'limit'`);
  }
  if (answer.kind !== "problem")
    return new Refused("ResourceError", "SQLite's process gave an answer that was not asked for");
  // The low byte of an extended code is the primary one.
  const type = answer.code === undefined ? "ResourceError" : (types[answer.code & 0xff] ?? "ValidationError");
  return new Refused(type, `SQLite: ${answer.message}`);
}
