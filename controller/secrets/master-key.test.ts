import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SealedValue } from "../store/secrets.ts";
import { MasterKey } from "./master-key.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-key-"));
  file = join(folder, "data", "secrets.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("what is sealed is opened by the same key, and two seals of one value have nothing in common", () => {
  const key = MasterKey.open(file);
  const [one, two] = [key.seal("s", "value ä"), key.seal("s", "value ä")];
  expect(key.open("s", one)).toBe("value ä");
  expect(Buffer.compare(one.sealed, two.sealed)).not.toBe(0);
  expect(Buffer.compare(one.wrappedKey, two.wrappedKey)).not.toBe(0);
  expect(Buffer.from(one.sealed).includes("value")).toBe(false);
});

test("the key is made once, and only its owner can use it", () => {
  const made = MasterKey.open(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, "utf8");
  expect(MasterKey.open(file).open("s", made.seal("s", "value"))).toBe("value");
  expect(readFileSync(file, "utf8")).toBe(text);
  chmodSync(file, 0o640);
  expect(() => MasterKey.open(file)).toThrow(`others than its owner can use the master key in ${file}`);
});

test("another key opens nothing, and says which one would", () => {
  const [own, other] = [MasterKey.open(file), MasterKey.open(join(folder, "other.key"))];
  expect(() => other.open("s", own.seal("s", "value"))).toThrow(`sealed under the master key ${own.id}`);
});

const changed = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes.at(at) ?? 0) ^ 1);

test.each<[string, (sealed: SealedValue) => SealedValue]>([
  ["a bit of the value", (sealed) => ({ ...sealed, sealed: changed(sealed.sealed, 14) })],
  ["a bit of its key", (sealed) => ({ ...sealed, wrappedKey: changed(sealed.wrappedKey, 20) })],
  ["a bit of the tag", (sealed) => ({ ...sealed, sealed: changed(sealed.sealed, sealed.sealed.length - 1) })],
  ["its end", (sealed) => ({ ...sealed, sealed: sealed.sealed.subarray(0, 20) })],
])("a value of which %s is another is not opened", (_, change) => {
  const key = MasterKey.open(file);
  expect(() => key.open("s", change(key.seal("s", "value")))).toThrow("is not what was written there");
});

test("a value that was moved to another name is not opened", () => {
  const key = MasterKey.open(file);
  expect(() => key.open("other", key.seal("s", "value"))).toThrow("is not what was written there");
});

test("a file that holds no key is said, without what it holds", () => {
  const wrong = join(folder, "wrong.key");
  writeFileSync(wrong, "c2hvcnQ=", { mode: 0o600 });
  expect(() => MasterKey.open(wrong)).toThrow(`the master key in ${wrong} is to be 32 bytes as base64, and is 5 bytes`);
});
