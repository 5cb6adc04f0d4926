/** What every cache does, tried on each. Beside the packages, because the Redis of tests belongs to another one. */
import { silentLogger } from "@polyglot/service";
import { describe, expect, test } from "vitest";
import { startRedis } from "./agents/stdlib/contained/redis-server.fixture.ts";
import type { Cache } from "./controller/api/cache.ts";
import { MemoryCache } from "./controller/api/memory-cache.ts";
import { RedisCache } from "./controller/api/redis-cache.ts";

const bytes = (size: number) => Buffer.alloc(size, 7);

interface OpenCache extends AsyncDisposable {
  readonly cache: Cache;
}

const caches: Readonly<Record<string, () => Promise<OpenCache>>> = {
  "in memory": async () => {
    const cache = new MemoryCache();
    return { cache, [Symbol.asyncDispose]: () => cache.close() };
  },
  "in Redis": async () => {
    const server = await startRedis();
    const cache = new RedisCache(server.url, silentLogger);
    await cache.ready();
    const close = async () => {
      await cache.close();
      await server.stop();
    };
    return { cache, [Symbol.asyncDispose]: close };
  },
};

const held = async (cache: Cache, namespace: string, key: string) => {
  const value = await cache.get(namespace, key);
  return value === undefined ? undefined : Buffer.from(value);
};

describe.each(Object.entries(caches))("%s", (_name, open) => {
  test("a value is there for its own namespace and key alone, and the last one counts", async () => {
    await using here = await open();
    const { cache } = here;
    await cache.set("a", "k", bytes(1), 0);
    await cache.set("b", "k", bytes(2), 60_000);
    await cache.set("b", "k", bytes(3), 0);
    expect(await held(cache, "a", "k")).toEqual(bytes(1));
    expect(await held(cache, "b", "k")).toEqual(bytes(3));
    expect(await held(cache, "a", "b\nk")).toBeUndefined();
    expect(await held(cache, "c", "k")).toBeUndefined();
  });

  test("a value is gone when its time is over", async () => {
    await using here = await open();
    await here.cache.set("a", "k", bytes(1), 1);
    await expect.poll(() => held(here.cache, "a", "k")).toBeUndefined();
  });

  test("any bytes come back as they went in", async () => {
    await using here = await open();
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await here.cache.set("a", "ключ\u0001", all, 0);
    expect(await held(here.cache, "a", "ключ\u0001")).toEqual(all);
  });
});

test("when the memory is used up, the least recently used values go", async () => {
  const cache = new MemoryCache(2_500);
  for (const key of ["one", "two"]) await cache.set("a", key, bytes(1_000), 0);
  expect(await held(cache, "a", "one")).toBeDefined();
  await cache.set("a", "three", bytes(1_000), 0);
  expect(await held(cache, "a", "one")).toBeDefined();
  expect(await held(cache, "a", "two")).toBeUndefined();
  expect(await held(cache, "a", "three")).toBeDefined();
});

test("a Redis that is gone counts as empty", async () => {
  const server = await startRedis();
  const cache = new RedisCache(server.url, silentLogger);
  await cache.ready();
  await cache.set("a", "k", bytes(1), 0);
  await server.stop();
  expect(await held(cache, "a", "k")).toBeUndefined();
  await cache.set("a", "k", bytes(1), 0);
  await cache.close();
});
