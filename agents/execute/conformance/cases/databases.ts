import type { Case } from "../case.ts";
import { exit, fork, join, library, on, program, py, say, text, u, v } from "../program.ts";
import type { Servers } from "../servers.fixture.ts";

const connect = "U.Database.Connect";
const query = "U.Database.Query";
const execute = "U.Database.Execute";
const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });

/** A table of its own for each case. */
const sqlite = (title: string) => `sqlite:${title}.db`;
const created = (url: string) =>
  u(execute, [url, "create table t (id integer primary key, name text)"], [], { node: "created" });
const counted = (url: string) => u(query, [url, "select count(*) as n from t"], ["rows"], { node: "counted" });

export const databases = ({ postgres, redis }: Pick<Servers, "postgres" | "redis">): readonly Case[] => [
  {
    title: "PostgreSQL gives rows as maps, parameters apart from the text",
    plan: program({
      run: [
        u(connect, [postgres], ["db"]),
        u(
          query,
          [
            v("db"),
            "select $1::int8 as big, $2::text as name, now() > $3 as later",
            [{ $int: "9007199254740993" }, "'; --", { $datetime: "2026-01-01T00:00:00Z" }],
          ],
          ["rows"],
        ),
        u("U.Database.Disconnect", [v("db")]),
      ],
      outputs: ["rows"],
    }),
    expect: { outputs: { rows: [{ big: { $int: "9007199254740993" }, name: "'; --", later: true }] }, said: [] },
  },
  {
    title: "Redis keeps values and counts",
    plan: program({
      wrappers: [library("W.Database.Redis.Connection", [redis], ["db"])],
      run: [
        u(execute, [v("db"), "SET", ["greeting", "hello"]], ["set"]),
        u(query, [v("db"), "GET", ["greeting"]], ["reply"]),
        u(execute, [v("db"), "DEL", ["greeting", "nothing"]], ["deleted"], { node: "delete" }),
      ],
      outputs: ["set", "reply", "deleted"],
    }),
    expect: { outputs: { set: 1, reply: ["hello"], deleted: 1 }, said: [] },
  },
  {
    title: "SQLite keeps a file below the data root",
    plan: program({
      wrappers: [library("W.Database.SQLite.Connection", [sqlite("kept")], ["db"])],
      run: [
        u(execute, [v("db"), "create table t (id integer primary key, name text)"], [], { node: "create" }),
        u(execute, [v("db"), "insert into t (name) values (?), (?)", ["a", "b"]], ["affected"]),
        u(query, [v("db"), "select * from t"], ["rows"]),
        u("U.System.File.Exists", ["kept.db"], ["there"]),
      ],
      outputs: ["affected", "rows", "there"],
    }),
    expect: {
      outputs: {
        affected: 2,
        rows: [
          { id: 1, name: "a" },
          { id: 2, name: "b" },
        ],
        there: true,
      },
    },
  },
  {
    title: "an error of the database goes to a handler",
    plan: program({
      run: [
        u(query, [postgres, "select 1 / 0"], [], {
          handlers: [on("pg\\!ValidationError", [say(text("{e.message}"))], "e")],
        }),
      ],
    }),
    expect: { said: ["PostgreSQL: division by zero (22012)"] },
  },
  {
    title: "a connection that is left open is closed, its transaction rolled back, and the log says so",
    plan: program({
      run: [
        created(sqlite("rolled")),
        u(connect, [sqlite("rolled")], ["db"]),
        u(execute, [v("db"), "begin"], [], { node: "begin" }),
        u(execute, [v("db"), "insert into t (name) values ('never')"], [], { node: "insert" }),
        py("fail", ["ValueError", "boom"]),
      ],
    }),
    expect: {
      outcome: "failed",
      error: { type: "py\\!ValueError" },
      said: ["closed 1 database connection left open: SQLite rolled.db"],
    },
  },
  {
    title: "what that transaction inserted is not there",
    plan: program({ run: [counted(sqlite("rolled"))], outputs: ["rows"] }),
    expect: { outputs: { rows: [{ n: 0 }] } },
  },
  {
    title: "a wrapper's connection is closed when the run leaves",
    plan: program({ wrappers: [library("W.Database.PostgreSQL.Connection", [postgres], ["db"])], run: [exit(3)] }),
    expect: { outcome: "failed", exitCode: 3, said: [] },
  },
  {
    title: "a statement ends with its run, and cleanup may use the connection",
    plan: program({
      wrappers: [library("W.Database.PostgreSQL.Connection", [postgres], ["db"])],
      run: [u(query, [v("db"), "select pg_sleep(600)"])],
      cleanup: [u(query, [v("db"), "select 1 as one"], ["rows"], { node: "after" }), say(text("{rows}"))],
      queue: { kill: { timeout_seconds: 1, grace_seconds: 10 } },
    }),
    expect: { outcome: "killed", cleanup: "done", said: ['[{"one":1}]'] },
  },
  {
    title: "a statement over its time is a timeout error",
    plan: program({ run: [u(query, [postgres, "select pg_sleep(600)"], [], { named: { timeout: seconds(0.2) } })] }),
    expect: { outcome: "failed", error: { type: "pg\\!TimeoutError", step: query } },
  },
  {
    title: "branches share one connection, one statement after the other",
    plan: program({
      wrappers: [library("W.Database.PostgreSQL.Connection", [postgres], ["db"])],
      run: [
        u(execute, [v("db"), "create temporary sequence turn"], [], { node: "create" }),
        fork("a", [u(query, [v("db"), "select nextval('turn')"], [], { node: "qa" })]),
        fork("b", [u(query, [v("db"), "select nextval('turn')"], [], { node: "qb" })]),
        join("all", ["a", "b"]),
        u(query, [v("db"), "select last_value as last from turn"], ["rows"], { node: "last" }),
      ],
      outputs: ["rows"],
    }),
    expect: { outputs: { rows: [{ last: 2 }] } },
  },
  {
    title: "a connection cannot be used once it is closed",
    plan: program({
      run: [
        u(connect, ["sqlite::memory:"], ["db"]),
        u("U.Database.Disconnect", [v("db")]),
        u(query, [v("db"), "select 1"]),
      ],
    }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ResourceError", step: query, message: "the database connection is closed already" },
    },
  },
  {
    title: "a Connection that nothing declares is named",
    plan: program({ run: [u(connect, ["warehouse"])] }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!DependencyError", step: connect, message: "no Connection 'warehouse' is declared" },
    },
  },
];
