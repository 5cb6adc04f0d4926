/**
 * The process that has one SQLite database open: `node sqlite-process.js '<opening>'`. SQLite works inside of a call, so
 * that a long statement would stop everything else in its process, and only the end of that process stops a statement.
 * One request at a time over the process channel; ends when the channel does.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { SqliteAnswer, SqliteOpening, SqliteRequest, SqliteValue } from "./sqlite-messages.ts";

type Asking = Extract<SqliteRequest, { kind: "query" | "execute" }>;

const opening = JSON.parse(process.argv[2] ?? "{}") as SqliteOpening;
let database: DatabaseSync | undefined;

process.on("message", (request: SqliteRequest) => process.send?.(answer(request)));
process.on("disconnect", () => process.exit(0));

function answer(request: SqliteRequest): SqliteAnswer {
  try {
    return request.kind === "open" ? open() : ask(request);
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number };
    return { kind: "problem", message, code: errcode };
  }
}

function open(): SqliteAnswer {
  if (database?.isOpen) database.close();
  const { location, readOnly, busyMs } = opening;
  database = new DatabaseSync(location === ":memory:" ? location : new URL(location), {
    readOnly,
    timeout: busyMs,
    readBigInts: true,
    returnArrays: true,
  });
  // A file that is no database is found out now.
  database.prepare("select count(*) from sqlite_master").all();
  return { kind: "opened" };
}

function ask({ kind, text, parameters, maxBytes }: Asking): SqliteAnswer {
  if (database === undefined) return { kind: "problem", message: "the database is not open", code: undefined };
  const statement = database.prepare(text);
  if (holdsMore(text, statement.sourceSQL)) return { kind: "severalStatements" };
  if (kind === "query") return rowsOf(statement, parameters, maxBytes);
  return { kind: "changed", count: BigInt(statement.run(...parameters).changes) };
}

/** SQLite prepares the first statement and passes over the others. */
const holdsMore = (text: string, first: string): boolean =>
  text.slice(first.length).replaceAll(/--[^\n]*|\/\*[^]*?\*\/|[\s;]/g, "") !== "";

function rowsOf(statement: StatementSync, parameters: readonly SqliteValue[], maxBytes: number): SqliteAnswer {
  const rows: SqliteValue[][] = [];
  let bytes = 0;
  for (const item of statement.iterate(...parameters)) {
    // Rows are arrays, as the opening asks; the types know of maps only.
    const row = item as unknown as SqliteValue[];
    for (const value of row) bytes += sizeOf(value);
    if (rows.length >= opening.maxRows) return { kind: "tooMany", what: "rows" };
    if (bytes > maxBytes) return { kind: "tooMany", what: "bytes" };
    rows.push(row);
  }
  return { kind: "rows", names: statement.columns().map(({ name }) => name), rows };
}

/** Numbers count as their eight bytes. */
const sizeOf = (value: SqliteValue): number =>
  typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
