import { expect, test } from "vitest";
import { connectionNameIn, connectionUrl, withConnection } from "./connections.ts";
import type { ConnectionCredentials, NamedConnection } from "./controller-calls.ts";

const login = { secret: "login", user: "me@home", password: "a/b:c%41@d", token: undefined };
const password = { ...login, user: undefined };
const bearer = { secret: "login", user: undefined, password: undefined, token: "t0ken" };

test.each<[NamedConnection["type"], string, boolean | undefined, ConnectionCredentials | undefined, string]>([
  ["postgresql", "postgresql://db/a?x=1", undefined, undefined, "postgresql://db/a?x=1"],
  [
    "postgresql",
    "postgresql://db/a?x=1",
    true,
    login,
    "postgresql://me%40home:a%2Fb%3Ac%2541%40d@db/a?x=1&sslmode=verify-full",
  ],
  [
    "postgresql",
    "postgres://you@db/a?sslmode=verify-full",
    false,
    password,
    "postgres://you:a%2Fb%3Ac%2541%40d@db/a?sslmode=disable",
  ],
  ["redis", "redis://cache:6379/2", true, password, "rediss://:a%2Fb%3Ac%2541%40d@cache:6379/2"],
  ["redis", "rediss://cache", false, undefined, "redis://cache"],
  ["http", "http://shop/v1", true, login, "https://shop/v1"],
  ["sqlite", "sqlite:data/a.db?mode=ro", undefined, undefined, "sqlite:data/a.db?mode=ro"],
])("%s at %s, encrypted %s", (type, url, tlsEnabled, credentials, expected) => {
  expect(connectionUrl({ type, url, tlsEnabled, credentials })).toBe(expected);
});

test.each([
  ["U.Database.Connect", { url: "orders" }, "orders"],
  ["U.Database.Query", { db: "orders.eu-1", sql: "a" }, "orders.eu-1"],
  ["U.Database.Query", { db: { $handle: "x" }, sql: "orders" }, undefined],
  ["W.Database.SQLite.Connection", { url: "sqlite:a" }, undefined],
  ["W.Database.SQLite.Connection", { url: "../a" }, undefined],
  ["W.Network.Http.Client", {}, undefined],
  ["U.Network.HttpGet", { url: "billing" }, undefined],
])("the name in %s %j is %s", (name, given, expected) => {
  expect(connectionNameIn(name, given)).toBe(expected);
});

test.each([
  [bearer, { "X-A": "1" }, { "X-A": "1", authorization: "Bearer t0ken" }],
  [login, undefined, { authorization: `Basic ${Buffer.from("me@home:a/b:c%41@d").toString("base64")}` }],
  [password, undefined, { authorization: `Basic ${Buffer.from("you:a/b:c%41@d").toString("base64")}` }],
  [bearer, { Authorization: "own" }, { Authorization: "own" }],
])("a client for HTTP with %j beside %j", async (credentials, headers, expected) => {
  const connection = { type: "http", url: "https://you@shop", tlsEnabled: undefined, credentials } as const;
  const given = { base_url: "shop", ...(headers !== undefined && { headers }) };
  const found = await withConnection("W.Network.Http.Client", given, "shop", { getConnection: async () => connection });
  expect(found).toMatchObject({ headers: expected });
});
