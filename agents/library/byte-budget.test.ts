import { expect, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

const never = new AbortController().signal;

/** Takes, and notes its turn. */
function take(budget: ByteBudget, bytes: number, turns: string[], name: string, signal = never) {
  return budget.take(bytes, signal).then((giveBack) => {
    turns.push(name);
    return giveBack;
  });
}

test("who asks for more than is free waits until it is, and those behind wait too", async () => {
  const budget = new ByteBudget(10);
  const turns: string[] = [];
  const first = await take(budget, 8, turns, "first");
  const large = take(budget, 5, turns, "large");
  const small = take(budget, 1, turns, "small");
  await new Promise(setImmediate);
  expect(turns).toEqual(["first"]);
  first();
  await Promise.all([large, small]);
  expect(turns).toEqual(["first", "large", "small"]);
});

test("more than there is at all waits for everything, and gets it", async () => {
  const budget = new ByteBudget(10);
  const turns: string[] = [];
  const first = await take(budget, 1, turns, "first");
  const all = take(budget, 100, turns, "all");
  first();
  (await all)();
  await take(budget, 10, turns, "after");
  expect(turns).toEqual(["first", "all", "after"]);
});

test("who is aborted while waiting lets those behind go", async () => {
  const budget = new ByteBudget(10);
  const turns: string[] = [];
  await take(budget, 8, turns, "first");
  const abort = new AbortController();
  const large = take(budget, 5, turns, "large", abort.signal);
  const small = take(budget, 2, turns, "small");
  abort.abort();
  await expect(large).rejects.toThrow("aborted");
  await small;
  expect(turns).toEqual(["first", "small"]);
});
