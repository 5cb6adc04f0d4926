import { expect, test } from "vitest";
import { parseFlags } from "./flags.ts";

const least = ["--database-url", "postgres:///x", "--data-dir", "/data"];

test("what is not said has its default", () => {
  expect(parseFlags(least, {})).toEqual({
    databaseUrl: "postgres:///x",
    dataFolder: "/data",
    host: "127.0.0.1",
    port: 0,
    localTokenFile: undefined,
    allowFileRepositories: false,
    logLevel: "info",
  });
});

test("the database comes from the environment where no flag says it", () => {
  expect(parseFlags(["--data-dir", "/data"], { DATABASE_URL: "postgres:///y" }).databaseUrl).toBe("postgres:///y");
  expect(parseFlags(least, { DATABASE_URL: "postgres:///y" }).databaseUrl).toBe("postgres:///x");
});

test("a Redis comes from the flag, else from the environment", () => {
  const environment = { REDIS_URL: "redis://b:6379" };
  expect(parseFlags([...least, "--redis-url", "rediss://a:6379"], environment).redisUrl).toBe("rediss://a:6379");
  expect(parseFlags(least, environment).redisUrl).toBe("redis://b:6379");
});

test("an address may be of version 6", () => {
  expect(parseFlags([...least, "--listen", "[::1]:7443"], {})).toMatchObject({ host: "::1", port: 7443 });
});

test("what is wrong is said with what is allowed", () => {
  const wrong =
    (flags: string[], environment = {}) =>
    () =>
      parseFlags(flags, environment);
  expect(wrong([])).toThrow("--database-url or DATABASE_URL has to say where PostgreSQL is");
  expect(wrong(["--database-url", "x"])).toThrow("--data-dir has to name a folder");
  expect(wrong([...least, "--listen", "7443"])).toThrow("--listen takes HOST:PORT, got '7443'");
  expect(wrong([...least, "--listen", "a:70000"])).toThrow("--listen takes HOST:PORT, got 'a:70000'");
  expect(wrong([...least, "--influx-url", "ftp://a"])).toThrow("takes http://HOST:PORT");
  expect(wrong([...least, "--redis-url", "localhost:6379"])).toThrow("takes redis://HOST:PORT or rediss://HOST:PORT");
  expect(wrong([...least, "--log-level", "loud"])).toThrow("--log-level takes one of debug, info, warn, error, silent");
  expect(wrong([...least, "--unknown"])).toThrow("Unknown option '--unknown'");
});

test("networks that alerts may reach are networks", () => {
  expect(parseFlags([...least, "--allow-network", "loopback"], {}).allowNetworks).toEqual(["loopback"]);
  expect(() => parseFlags([...least, "--allow-network", "all"], {})).toThrow("--allow-network is a network like");
});
