import { expect, test } from "vitest";
import { parseCredentials } from "./connection-credentials.ts";

test.each([
  ["postgresql", "postgresql://db/a", "me:a:b c", { kind: "password", user: "me", password: "a:b c" }],
  ["postgresql", "postgresql://me@db/a", "you:a:b", { kind: "password", password: "you:a:b" }],
  ["redis", "redis://db", "long enough", { kind: "password", password: "long enough" }],
  ["redis", "redis://db", ":long enough", { kind: "password", password: ":long enough" }],
  ["http", "https://shop", "t0ken", { kind: "token", token: "t0ken" }],
  ["http", "https://shop", "me:password", { kind: "password", user: "me", password: "password" }],
] as const)("of type %s at %s %j", (type, url, value, expected) => {
  expect(parseCredentials(value, type, url)).toEqual(expected);
});

test.each([
  ["nobody here", "is to be user:password, or the password of a user whom the URL names"],
  [":nobody here", "is to be user:password, or the password of a user whom the URL names"],
  ["me:abc", "the password in it has at least 4 bytes, and this one has 3"],
])("%j is refused without being said", (value, message) => {
  const found = parseCredentials(value, "postgresql", "postgresql://db/a");
  expect(found).toEqual({ kind: "problem", message: expect.stringContaining(message) });
  expect(JSON.stringify(found)).not.toContain(value);
});
