import { expect, test } from "vitest";
import { ConnectionPools } from "./connection-pools.ts";
import type { Connection } from "./database-connection.ts";

const limits = { connectionsPerUrl: 2, urls: 2, connectionWaitMs: 50, keepIdleMs: 1 };
const never = new AbortController().signal;

/** Nothing is asked of it: the drivers' own tests do that. */
class Idle implements Connection {
  isUsable = true;
  canReset = true;
  readonly closed = Promise.withResolvers<void>();

  query(): Promise<never> {
    return Promise.reject(new Error("nobody asks it"));
  }

  execute(): Promise<never> {
    return this.query();
  }

  reset(): Promise<boolean> {
    return Promise.resolve(this.canReset);
  }

  close(): Promise<void> {
    this.isUsable = false;
    this.closed.resolve();
    return Promise.resolve();
  }
}

function create() {
  const opened: Idle[] = [];
  const pools = new ConnectionPools(async () => {
    const connection = new Idle();
    opened.push(connection);
    return connection;
  }, limits);
  return { opened, pools };
}

test("a connection that nobody uses is closed after a while, and its URL forgotten", async () => {
  const { opened, pools } = create();
  const { giveBack } = await pools.borrow("sqlite:a", never);
  await giveBack();
  expect(pools.size).toBe(1);
  await opened[0]?.closed.promise;
  expect(pools.size).toBe(0);
});

test("one that cannot be reset is closed at once, and the next user gets another", async () => {
  const { opened, pools } = create();
  const first = await pools.borrow("sqlite:a", never);
  if (opened[0] !== undefined) opened[0].canReset = false;
  await first.giveBack();
  await opened[0]?.closed.promise;
  const second = await pools.borrow("sqlite:a", never);
  expect(second.connection).not.toBe(first.connection);
  await second.giveBack();
  await pools.close();
});

test("one that broke while nobody used it is not handed out", async () => {
  const { opened, pools } = create();
  await (await pools.borrow("sqlite:a", never)).giveBack();
  if (opened[0] !== undefined) opened[0].isUsable = false;
  const { connection, giveBack } = await pools.borrow("sqlite:a", never);
  expect(connection).toBe(opened[1]);
  await giveBack();
  await pools.close();
});

test("who waits too long for a connection is told how many are in use", async () => {
  const { pools } = create();
  const used = [await pools.borrow("sqlite:a", never), await pools.borrow("sqlite:a", never)];
  const message = "all 2 connections to SQLite a are in use, and none came free within 0.05 s";
  await expect(pools.borrow("sqlite:a", never)).rejects.toThrow(message);
  for (const { giveBack } of used) await giveBack();
  await pools.close();
});

test("a wait ends with its step, and its connection goes to the next", async () => {
  const { pools } = create();
  const used = [await pools.borrow("sqlite:a", never), await pools.borrow("sqlite:a", never)];
  const step = new AbortController();
  const waiting = pools.borrow("sqlite:a", step.signal);
  step.abort();
  await expect(waiting).rejects.toThrow("aborted");
  await used[0]?.giveBack();
  const next = await pools.borrow("sqlite:a", never);
  expect(next.connection).toBe(used[0]?.connection);
  for (const { giveBack } of [next, ...used.slice(1)]) await giveBack();
  await pools.close();
});

test("a connection that cannot be opened is an error at once, for that call alone", async () => {
  let tries = 0;
  const pools = new ConnectionPools(async () => {
    tries += 1;
    if (tries <= 3) throw new Error("not today");
    return new Idle();
  }, limits);
  for (const url of ["sqlite:a", "sqlite:b", "sqlite:c"]) {
    await expect(pools.borrow(url, never)).rejects.toThrow("not today");
  }
  const { giveBack } = await pools.borrow("sqlite:a", never);
  await giveBack();
  await pools.close();
});

test("URLs are limited", async () => {
  const { pools } = create();
  const used = [await pools.borrow("sqlite:a", never), await pools.borrow("sqlite:b", never)];
  await expect(pools.borrow("sqlite:c", never)).rejects.toThrow("connections to 2 databases, which is the limit");
  for (const { giveBack } of used) await giveBack();
  await pools.close();
});
