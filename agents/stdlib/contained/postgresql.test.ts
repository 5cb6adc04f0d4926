import { randomUUID } from "node:crypto";
import type { CanonicalValue } from "@polyglot/contracts";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { DatabaseBed } from "./database-bed.fixture.ts";
import { databaseLimits } from "./database-limits.ts";

const name = `contained_${randomUUID().replaceAll("-", "")}`;
const url = inject("postgresUrl").replace("/polyglot?", `/${name}?`);
const admin = new Client({ connectionString: inject("postgresUrl") });
const bed = new DatabaseBed(url);

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create database "${name}"`);
  await bed.execute("create table people (id int primary key, name text not null, note jsonb)");
  await bed.execute("create type mood as enum ('good', 'poor')");
});
afterAll(async () => {
  await bed.stop();
  await admin.query(`drop database "${name}" with (force)`);
  await admin.end();
});

afterEach(() => bed.closeAll());

const error = (type: string, part = "") => ({
  type: `pg\\!${type}`,
  message: expect.stringContaining(part) as string,
});
const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });
const datetime = (iso: string) => ({ $datetime: iso });
const float = (digits: string) => ({ $float: digits });

const values: readonly (readonly [string, CanonicalValue])[] = [
  ["null::int", null],
  ["true", true],
  ["7::int2", 7],
  ["9007199254740991::int8", 9007199254740991],
  ["9007199254740993::int8", { $int: "9007199254740993" }],
  ["1.5::float8", 1.5],
  ["1::float8", float("1")],
  ["'-0'::float8", float("-0")],
  ["'NaN'::float4", float("NaN")],
  ["'-Infinity'::float8", float("-Infinity")],
  ["0.1::float4", 0.1],
  ["12345678901234567890.12345678901234567890::numeric", "12345678901234567890.12345678901234567890"],
  ["'NaN'::numeric", "NaN"],
  ["'grüß 😀'::text", "grüß 😀"],
  ["'a'::char(3)", "a  "],
  ["'\\x00ff'::bytea", { $bytes: "AP8=" }],
  ["''::bytea", { $bytes: "" }],
  ["'2026-01-15 10:30:00+00'::timestamptz", datetime("2026-01-15T10:30:00Z")],
  ["'2026-01-15 10:30:00.123456+05:30'::timestamptz", datetime("2026-01-15T05:00:00.123456Z")],
  ["'2026-01-15 10:30:00'::timestamp", datetime("2026-01-15T10:30:00Z")],
  ["'2026-02-28'::date", datetime("2026-02-28T00:00:00Z")],
  ["'0099-01-01'::date", datetime("0099-01-01T00:00:00Z")],
  ["'infinity'::timestamptz", "infinity"],
  ["'0044-03-15 BC'::date", "0044-03-15 BC"],
  ["'10:30:00'::time", "10:30:00"],
  ["'1 year 2 months 3 days 04:05:06.5'::interval", { $duration: { months: 14, seconds: 273_906.5 } }],
  ["'-1 month -1.5 seconds'::interval", { $duration: { months: -1, seconds: -1.5 } }],
  [
    '\'{"a": [1, 2.0, 9007199254740993], "$b": null}\'::json',
    {
      $map: [
        ["a", [1, float("2"), { $int: "9007199254740993" }]],
        ["$b", null],
      ],
    },
  ],
  ["'[true]'::jsonb", [true]],
  ["'null'::jsonb", null],
  ["'6f1b6a0c-7f0f-4f5e-9a53-5ad6f0d0a111'::uuid", "6f1b6a0c-7f0f-4f5e-9a53-5ad6f0d0a111"],
  ["'10.0.0.1'::inet", "10.0.0.1"],
  ["'good'::mood", "good"],
  ["array[1, null, 3]", [1, null, 3]],
  [
    "array[[1, 2], [3, 4]]",
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ["array['a,b', '\"', null, '']", ["a,b", '"', null, ""]],
  ["array[1.5]::numeric[]", ["1.5"]],
  ["array['\\x01'::bytea]", [{ $bytes: "AQ==" }]],
  ["'{}'::int[]", []],
  ["'[0:1]={5,6}'::int[]", [5, 6]],
];

test.each(values)("%s comes as %j", async (sql, expected) => {
  expect(await bed.query(`select ${sql} as it`)).toEqual([{ it: expected }]);
});

const parameters: readonly (readonly [CanonicalValue, string, CanonicalValue])[] = [
  [null, "int", null],
  [true, "bool", true],
  [5, "int", 5],
  [{ $int: "9007199254740993" }, "int8", { $int: "9007199254740993" }],
  [1.5, "float8", 1.5],
  [float("NaN"), "float8", float("NaN")],
  [float("-0"), "float8", float("-0")],
  ["12.30", "numeric", "12.30"],
  ["'; drop table people; --", "text", "'; drop table people; --"],
  ["", "text", ""],
  [{ $bytes: "AP8=" }, "bytea", { $bytes: "AP8=" }],
  [datetime("2026-01-15T10:30:00.5Z"), "timestamptz", datetime("2026-01-15T10:30:00.5Z")],
  [{ $duration: { months: 14, seconds: 1.5 } }, "interval", { $duration: { months: 14, seconds: 1.5 } }],
  [{ $enum: "demo#Mood.good" }, "mood", "good"],
  [{ a: [1, float("1")] }, "jsonb", { a: [1, float("1")] }],
  [[1, null, 3], "int[]", [1, null, 3]],
  [['a"b\\', "c,d", ""], "text[]", ['a"b\\', "c,d", ""]],
  [
    [
      [1, 2],
      [3, 4],
    ],
    "int[]",
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [[{ $bytes: "AQ==" }], "bytea[]", [{ $bytes: "AQ==" }]],
  [[{ a: 1 }], "jsonb[]", [{ a: 1 }]],
];

test.each(parameters)("the parameter %j as %s comes back as %j", async (value, type, expected) => {
  const [row] = (await bed.query(`select $1::${type} as it`, [value])) as { it: unknown }[];
  expect(row?.it).toEqual(expected);
});

test.each([{ $handle: "1" }, { $range: [1, 2] }, [{ $handle: "1" }]])("%j is no parameter", async (value) => {
  expect(await bed.query("select $1::text as it", [value as CanonicalValue])).toEqual(
    error("ConversionError", "parameter 1"),
  );
});

test("statements tell how many rows they changed or gave", async () => {
  expect(await bed.execute("insert into people values ($1, $2), ($3, $4)", [1, "Ada", 2, "Alan"])).toBe(2);
  expect(await bed.execute("update people set name = upper(name)")).toBe(2);
  expect(await bed.query("insert into people (id, name) values (3, 'x') returning id")).toEqual([{ id: 3 }]);
  expect(await bed.execute("select * from people")).toBe(3);
  expect(await bed.execute("delete from people where id > 1")).toBe(2);
  expect(await bed.execute("create table if not exists people (id int)")).toBe(0);
});

test.each([
  ["select 1; select 2", "ValidationError", "cannot insert multiple commands"],
  ["selec 1", "ValidationError", "syntax error"],
  ["select * from nothing", "ValidationError", "does not exist (42P01)"],
  ["select 1 / 0", "ValidationError", "division by zero (22012)"],
  ["select 1 as a, 2 as a", "ValidationError", "two columns of the result are named 'a'"],
  ["insert into people values (9, null)", "ValidationError", "(23502)"],
  ["copy people from stdin", "ValidationError", "insert the rows"],
  ["copy people from '/nowhere'", "RuntimeError", ""],
  ["select pg_sleep($1)", "ValidationError", "bind message supplies 0 parameters"],
])("'%s' is a %s", async (sql, type, part) => {
  const db = await bed.connect();
  expect(await bed.query(sql, [], db)).toEqual(error(type, part));
  expect(await bed.query("select 1 as one", [], db)).toEqual([{ one: 1 }]);
});

test("a copy to the client gives no rows, and the connection goes on", async () => {
  const db = await bed.connect();
  expect(await bed.query("copy (select 1) to stdout", [], db)).toEqual([]);
  expect(await bed.query("select 1 as one", [], db)).toEqual([{ one: 1 }]);
});

test("a result that is too large ends early, and the connection goes on", async () => {
  const db = await bed.connect();
  const many = `select n from generate_series(1, ${databaseLimits.maxRows + 1}) n`;
  expect(await bed.query(many, [], db)).toEqual(error("ResourceError", `more than ${databaseLimits.maxRows} rows`));
  expect(await bed.query("select repeat('x', 1000000) as x from generate_series(1, 80)", [], db)).toEqual(
    error("ResourceError", "larger than"),
  );
  expect(await bed.query("select 1 as one", [], db)).toEqual([{ one: 1 }]);
});

test("a result of several batches comes whole and in order", async () => {
  const rows = (await bed.query("select n from generate_series(1, 1000) n order by n")) as { n: number }[];
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
});

/** Statements of this database that the server runs. */
async function running(part: string): Promise<number> {
  const text =
    "select count(*)::int as n from pg_stat_activity where datname = $1 and state = 'active' and query like $2";
  return ((await admin.query(text, [name, `%${part}%`])).rows as { n: number }[])[0]?.n ?? 0;
}

test("a statement over its time is stopped in the server, and the connection goes on", async () => {
  const db = await bed.connect();
  const given = { db, sql: "select pg_sleep(600), 'overtime'", timeout: seconds(0.2) };
  expect(await bed.call("U.Database.Query", given)).toEqual(error("TimeoutError", "stopped after 0.2 s"));
  // The server tells of the end before it says so of itself.
  while ((await running("overtime")) > 0);
  expect(await bed.query("select 1 as one", [], db)).toEqual([{ one: 1 }]);
});

test("the end of a step stops its statement in the server", async () => {
  const step = new AbortController();
  const ended = bed.call("U.Database.Query", { db: url, sql: "select pg_sleep(600), 'aborted'" }, step.signal);
  while ((await running("aborted")) === 0);
  step.abort();
  expect(await ended).toMatchObject({ type: expect.stringMatching(/^pg/) as string });
  while ((await running("aborted")) > 0);
});

test("what one user of a connection began and set, the next does not find", async () => {
  const own = new DatabaseBed(url);
  const first = await own.connect();
  await own.execute("set search_path to nowhere", [], first);
  await own.execute("create temporary table left_over (x int)", [], first);
  await own.execute("begin", [], first);
  await own.execute("insert into public.people values (50, 'uncommitted')", [], first);
  await own.closeAll();
  const second = await own.connect();
  expect(own.connections).toBe(1);
  expect(await own.query("select count(*) as n from people where id = 50", [], second)).toEqual([{ n: 0 }]);
  expect(await own.query("select * from left_over", [], second)).toEqual(error("ValidationError", "left_over"));
  await own.stop();
});

test("calls on one connection go one after the other", async () => {
  const db = await bed.connect();
  await bed.execute("create temporary sequence turn", [], db);
  const turns = Array.from({ length: 20 }, () => bed.query("select nextval('turn') as it", [], db));
  expect(await Promise.all(turns)).toEqual(turns.map((_, index) => [{ it: index + 1 }]));
});

test("connections to one URL are limited, and one that is given back goes to who waits", async () => {
  const own = new DatabaseBed(url);
  const open = await Promise.all(Array.from({ length: databaseLimits.connectionsPerUrl }, () => own.connect()));
  const waiting = own.query("select 1 as one");
  await own.call("U.Database.Disconnect", { db: open[0] ?? null });
  expect(await waiting).toEqual([{ one: 1 }]);
  expect(own.connections).toBe(databaseLimits.connectionsPerUrl);
  await own.stop();
});

test("a connection that the server has ended is an error, and the next is a new one", async () => {
  const own = new DatabaseBed(url);
  const db = await own.connect();
  const [row] = (await own.query("select pg_backend_pid() as pid", [], db)) as { pid: number }[];
  await admin.query("select pg_terminate_backend($1, 10000)", [row?.pid]);
  expect(await own.query("select 1 as one", [], db)).toEqual(error("NetworkError"));
  expect(await own.query("select 1 as one", [], db)).toEqual(error("NetworkError", "connect again"));
  await own.closeAll();
  expect(await own.query("select 1 as one")).toEqual([{ one: 1 }]);
  await own.stop();
});

test("a connection is used no more once it is closed", async () => {
  const db = await bed.connect();
  expect(await bed.call("U.Database.Disconnect", { db })).toEqual([]);
  expect(await bed.query("select 1", [], db)).toEqual(error("ResourceError"));
  expect(await bed.call("U.Database.Disconnect", { db })).toEqual(error("ResourceError"));
});

test.each([
  ["postgresql://me:s3cret@0.0.0.0:1/x", "PermissionError"],
  ["postgresql://me:s3cret@localhost:1/x", "NetworkError"],
  ["mysql://me:s3cret@localhost/x", "ValidationError"],
  ["warehouse", "ConfigError"],
])("'%s' is a %s, and no password is told", async (bad, type) => {
  const ended = await bed.call("U.Database.Connect", { url: bad });
  expect(ended).toEqual(error(type));
  expect(JSON.stringify(ended)).not.toContain("s3cret");
});

test("a database that is not there is a validation error", async () => {
  const gone = url.replace(name, "nothing_here");
  expect(await bed.call("U.Database.Connect", { url: gone })).toEqual(error("ValidationError", "(3D000)"));
});

test("an agent that does not let this host refuses a socket of its file system, too", async () => {
  const strict = new DatabaseBed(url, { allowNetworks: [] });
  expect(await strict.query("select 1")).toEqual(error("PermissionError", "a socket of this host itself"));
  await strict.stop();
});

test("a wrapper takes URLs of its own kind only", async () => {
  const ended = await bed.call("W.Database.SQLite.Connection", { url });
  expect(ended).toEqual(error("ValidationError", "'url' is of PostgreSQL, and this wrapper connects to SQLite"));
});
