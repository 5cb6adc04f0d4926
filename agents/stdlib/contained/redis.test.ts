import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import type { CanonicalValue } from "@polyglot/contracts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { connectionUrl } from "../connections.ts";
import { DatabaseBed } from "./database-bed.fixture.ts";
import { type RedisServer, startRedis } from "./redis-server.fixture.ts";

let server: RedisServer;
let bed: DatabaseBed;
beforeAll(async () => {
  server = await startRedis();
  bed = new DatabaseBed(server.url);
});
afterAll(async () => {
  await bed.stop();
  await server.stop();
});

afterEach(() => bed.closeAll());

const error = (type: string, part = "") => ({
  type: `pg\\!${type}`,
  message: expect.stringContaining(part) as string,
});
const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });

const kept: readonly (readonly [CanonicalValue, CanonicalValue])[] = [
  ["grüß 😀", "grüß 😀"],
  ["", ""],
  ["a b\r\nQUIT", "a b\r\nQUIT"],
  [5, "5"],
  [1.5, "1.5"],
  [{ $int: "9007199254740993" }, "9007199254740993"],
  [{ $bytes: "AP8=" }, { $bytes: "AP8=" }],
];

test.each(kept)("the value %j comes back as %j", async (value, expected) => {
  expect(await bed.execute("SET", ["k", value])).toBe(1);
  expect(await bed.query("GET", ["k"])).toEqual([expected]);
});

test.each([null, true, [1], { a: 1 }, { $handle: "1" }])("%j is no parameter", async (value) => {
  expect(await bed.execute("SET", ["k", value as CanonicalValue])).toEqual(error("ConversionError", "parameter 2"));
});

test("replies of all kinds are lists, and integers stay apart from text", async () => {
  expect(await bed.query("GET", ["nothing"])).toEqual([]);
  expect(await bed.query("RPUSH", ["l", "a", "b"])).toEqual([2]);
  expect(await bed.query("LRANGE", ["l", 0, -1])).toEqual(["a", "b"]);
  expect(await bed.query("MGET", ["k", "nothing"])).toEqual([expect.anything(), null]);
  expect(await bed.query("incrby", ["n", { $int: "9007199254740993" }])).toEqual([{ $int: "9007199254740993" }]);
  expect(await bed.query("HSET h f 1")).toEqual([1]);
  expect(await bed.query("HGETALL", ["h"])).toEqual(["f", "1"]);
  expect(await bed.query("EVAL", ["return {1, {'a', false}, {err = 'odd'}}", 0])).toEqual([
    1,
    ["a", null],
    expect.stringContaining("odd"),
  ]);
});

test("Execute counts", async () => {
  expect(await bed.execute("SET", ["once", "1", "NX"])).toBe(1);
  expect(await bed.execute("SET", ["once", "2", "NX"])).toBe(0);
  expect(await bed.execute("DEL", ["once", "nothing"])).toBe(1);
  expect(await bed.execute("LRANGE", ["l", 0, -1])).toBe(2);
});

test.each([
  ["LPUSH", ["k", "x"], "ValidationError", "WRONGTYPE"],
  ["NONSENSE", [], "ValidationError", "unknown command"],
  ["GET", [], "ValidationError", "wrong number of arguments"],
  ["SUBSCRIBE", ["c"], "ValidationError", "not served"],
  ["monitor", [], "ValidationError", "not served"],
  ["", [], "ValidationError", "not served"],
  ["AUTH", ["me", "s3cret"], "PermissionError", ""],
])("%s %j is a %s", async (command, given, type, part) => {
  expect(await bed.query(command, given)).toEqual(error(type, part));
});

test("a transaction's commands stay together, and what is left of one the next user does not find", async () => {
  const own = new DatabaseBed(server.url);
  const first = await own.connect();
  await own.execute("MULTI", [], first);
  expect(await own.query("INCR", ["t"], first)).toEqual(["QUEUED"]);
  expect(await own.query("EXEC", [], first)).toEqual([1]);
  await own.execute("SELECT", [5], first);
  await own.execute("MULTI", [], first);
  await own.closeAll();
  const second = await own.connect();
  expect(await own.query("GET", ["t"], second)).toEqual(["1"]);
  await own.stop();
});

test("a connection without such traces is used again", async () => {
  const own = new DatabaseBed(server.url);
  const [first] = (await own.query("CLIENT ID")) as number[];
  const [second] = (await own.query("CLIENT ID")) as number[];
  expect(second).not.toBe(first);
  await own.query("PING");
  await own.query("PING");
  expect(own.connections).toBe(1);
  await own.stop();
});

test("a command over its time is given up with its connection", async () => {
  const db = await bed.connect();
  const given = { db, sql: "BLPOP", parameters: ["never", 0], timeout: seconds(0.1) };
  expect(await bed.call("U.Database.Query", given)).toEqual(error("TimeoutError", "stopped after 0.1 s"));
  expect(await bed.query("PING", [], db)).toEqual(error("NetworkError", "connect again"));
  expect(await bed.query("PING")).toEqual(["PONG"]);
});

test("a server that closes is a network error", async () => {
  const closing = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(closing, "listening");
  const { port } = closing.address() as AddressInfo;
  expect(await bed.call("U.Database.Connect", { url: `redis://127.0.0.1:${port}` })).toEqual(error("NetworkError"));
  closing.close();
});

test.each([
  ["redis://:s3cret@0.0.0.0:1", "PermissionError"],
  ["redis://:s3cret@localhost:1", "NetworkError"],
  ["rediss://:s3cret@localhost:1", "NetworkError"],
])("'%s' is a %s, and no password is told", async (url, type) => {
  const ended = await bed.call("U.Database.Connect", { url });
  expect(ended).toEqual(error(type));
  expect(JSON.stringify(ended)).not.toContain("s3cret");
});

test("a password that the server does not want is a permission error", async () => {
  const url = server.url.replace("redis://", "redis://me:s3cret@");
  expect(await bed.call("U.Database.Connect", { url })).toEqual(error("PermissionError"));
});

test("a Redis that demands a password gets the one of its Connection", async () => {
  const password = "p@ss/word:of a %41 Redis";
  const guarded = await startRedis(["--requirepass", password]);
  const credentials = { secret: "cache", user: undefined, password, token: undefined };
  const url = connectionUrl({ type: "redis", url: guarded.url, tlsEnabled: undefined, credentials });
  const withPassword = new DatabaseBed(url);
  const without = new DatabaseBed(guarded.url);
  expect(await withPassword.query("PING")).toEqual(["PONG"]);
  expect(await without.query("PING")).toMatchObject({ message: expect.stringContaining("NOAUTH") as string });
  await Promise.all([withPassword.stop(), without.stop()]);
  await guarded.stop();
});
