import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CanonicalValue } from "@polyglot/contracts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DatabaseBed } from "./database-bed.fixture.ts";
import { databaseLimits } from "./database-limits.ts";

const bed = new DatabaseBed("sqlite:app.db");
beforeAll(async () => {
  await bed.execute("create table people (id integer primary key, name text not null)");
});
afterAll(() => bed.stop());

afterEach(() => bed.closeAll());

const error = (type: string, part = "") => ({
  type: `pg\\!${type}`,
  message: expect.stringContaining(part) as string,
});
const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });
const float = (digits: string) => ({ $float: digits });

const parameters: readonly (readonly [CanonicalValue, CanonicalValue])[] = [
  [null, null],
  [true, 1],
  [false, 0],
  [5, 5],
  [{ $int: "9007199254740993" }, { $int: "9007199254740993" }],
  [1.5, 1.5],
  [float("1"), float("1")],
  [float("Infinity"), float("Infinity")],
  ["grüß 😀'; --", "grüß 😀'; --"],
  [{ $bytes: "AP8=" }, { $bytes: "AP8=" }],
  [{ $datetime: "2026-01-15T10:30:00Z" }, "2026-01-15T10:30:00Z"],
  [{ $enum: "demo#Mood.Good" }, "Mood.Good"],
  [{ a: [1] }, '{"a":[1]}'],
  [[1, float("1")], "[1,1.0]"],
];

test.each(parameters)("the parameter %j comes back as %j", async (value, expected) => {
  expect(await bed.query("select ? as it", [value])).toEqual([{ it: expected }]);
});

test.each([{ $handle: "1" }, { $int: "9223372036854775808" }])("%j is no parameter", async (value) => {
  expect(await bed.query("select ? as it", [value])).toEqual(error("ConversionError", "parameter 1"));
});

test("NaN is what SQLite makes of it, which is nothing", async () => {
  expect(await bed.query("select ? as it", [float("NaN")])).toEqual([{ it: null }]);
});

test("statements tell how many rows they changed", async () => {
  expect(await bed.execute("insert into people (name) values (?), (?)", ["Ada", "Alan"])).toBe(2);
  expect(await bed.query("insert into people (name) values ('x') returning id, name")).toEqual([{ id: 3, name: "x" }]);
  expect(await bed.execute("delete from people where id = 3;  -- done")).toBe(1);
  expect(await bed.query("select name from people order by id")).toEqual([{ name: "Ada" }, { name: "Alan" }]);
});

test.each([
  ["select 1; select 2", "ValidationError", "several statements"],
  ["selec 1", "ValidationError", "syntax error"],
  ["select * from missing", "ValidationError", "no such table"],
  ["insert into people (name) values (null)", "ValidationError", "NOT NULL"],
  ["select 1 as a, 2 as a", "ValidationError", "two columns"],
  ["select ? as a", "ValidationError", ""],
  ["select load_extension('x')", "ValidationError", ""],
])("'%s' is a %s", async (sql, type, part) => {
  const given = sql === "select ? as a" ? [1, 2] : [];
  expect(await bed.query(sql, given)).toEqual(error(type, part));
});

test.each(["", "  ", "-- nothing"])(
  "an empty statement '%s' gives nothing or an error, and the connection goes on",
  async (sql) => {
    const db = await bed.connect();
    await bed.query(sql, [], db);
    expect(await bed.query("select 1 as one", [], db)).toEqual([{ one: 1 }]);
  },
);

test("a result that is too large ends early", async () => {
  const numbers = "with recursive r(n) as (select 1 union all select n + 1 from r) select";
  expect(await bed.query(`${numbers} n from r`)).toEqual(
    error("ResourceError", `more than ${databaseLimits.maxRows} rows`),
  );
  expect(await bed.query(`${numbers} zeroblob(1000000) as z from r`)).toEqual(error("ResourceError", "bytes"));
});

/** Which holds up all else in the process that runs it. */
const endless = "with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) as n from r";

test("a statement over its time is stopped with its process, and other connections go on meanwhile", async () => {
  const db = await bed.connect();
  const stopped = bed.call("U.Database.Query", { db, sql: endless, timeout: seconds(0.3) });
  expect(await bed.query("select 1 as one")).toEqual([{ one: 1 }]);
  expect(await stopped).toEqual(error("TimeoutError", "stopped after 0.3 s"));
  expect(await bed.query("select 1", [], db)).toEqual(error("NetworkError", "connect again"));
});

test("what a stopped statement's transaction changed is rolled back", async () => {
  const db = await bed.connect();
  await bed.execute("begin", [], db);
  await bed.execute("insert into people (id, name) values (77, 'never')", [], db);
  await bed.call("U.Database.Query", { db, sql: endless, timeout: seconds(0.1) });
  expect(await bed.query("select count(*) as n from people where id = 77")).toEqual([{ n: 0 }]);
});

test("what one user of a connection began and set, the next does not find", async () => {
  const own = new DatabaseBed("sqlite::memory:");
  const first = await own.connect();
  await own.execute("create table t (x)", [], first);
  await own.closeAll();
  const second = await own.connect();
  expect(own.connections).toBe(1);
  expect(await own.query("select * from t", [], second)).toEqual(error("ValidationError", "no such table"));
  await own.stop();
});

test("a transaction keeps others out until it ends", async () => {
  const writer = await bed.connect();
  await bed.execute("begin immediate", [], writer);
  const other = bed.execute("insert into people (name) values ('later')");
  await bed.execute("commit", [], writer);
  expect(await other).toBe(1);
});

test.each([
  ["sqlite:none.db?mode=rw", "FileError"],
  ["sqlite:none/none.db", "FileError"],
  ["sqlite:text.txt", "FileError"],
  ["sqlite:app.db?mode=all", "ValidationError"],
  ["sqlite:app.db?cache=shared", "ValidationError"],
  ["sqlite:", "ValidationError"],
])("'%s' is a %s", async (url, type) => {
  writeFileSync(join(bed.settings.dataRoot, "text.txt"), "no database, and longer than a header would be ".repeat(10));
  expect(await bed.call("U.Database.Connect", { url })).toEqual(error(type));
});

test("a file may be opened to be read only, and from the root on", async () => {
  const url = `sqlite://${bed.settings.dataRoot}/app.db?mode=ro`;
  expect(await bed.query("select count(*) > 0 as there from people", [], url)).toEqual([{ there: 1 }]);
  expect(await bed.execute("delete from people", [], url)).toEqual(error("PermissionError", "readonly"));
});

test("names with odd characters are names", async () => {
  await bed.execute("create table t (x)", [], "sqlite:ä %#1.db");
  expect(readdirSync(bed.settings.dataRoot)).toContain("ä %#1.db");
});

/** Processes that have SQLite open for this test's folder. */
const processes = (): number =>
  readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(encodeURI(bed.settings.dataRoot)))
    .length;

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

test("no process is left once connections are closed", async () => {
  await bed.connect();
  expect(processes()).toBeGreaterThan(0);
  await bed.stop();
  expect(processes()).toBe(0);
});
