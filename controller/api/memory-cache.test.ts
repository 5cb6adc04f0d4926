import { expect, test } from "vitest";
import { MemoryCache } from "./memory-cache.ts";

const bytes = (size: number) => new Uint8Array(size).fill(7);

test("a value is there for its own namespace alone", () => {
  const cache = new MemoryCache();
  cache.set("a", "k", bytes(1), 0);
  cache.set("b", "k", bytes(2), 0);
  expect(cache.get("a", "k")).toEqual(bytes(1));
  expect(cache.get("b", "k")).toEqual(bytes(2));
  expect(cache.get("c", "k")).toBeUndefined();
});

test("when the room is used up, the least recently used values go", () => {
  const cache = new MemoryCache(2_500);
  for (const key of ["one", "two"]) cache.set("a", key, bytes(1_000), 0);
  expect(cache.get("a", "one")).toBeDefined();
  cache.set("a", "three", bytes(1_000), 0);
  const held = ["one", "two", "three"].filter((key) => cache.get("a", key) !== undefined);
  expect(held).toEqual(["one", "three"]);
});
