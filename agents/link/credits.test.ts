import { expect, test } from "vitest";
import { Credits } from "./credits.ts";

const [a, b] = [{ name: "a" }, { name: "b" }];

test("what is granted or occupied is not granted again", () => {
  const credits = new Credits<object>(3);
  credits.open(a);
  expect([credits.grant(a), credits.grant(a)]).toEqual([3, 0]);
  credits.spend(a);
  credits.occupy(a);
  expect(credits.grant(a)).toBe(0);
  credits.release(a);
  expect(credits.grant(a)).toBe(1);
});

test("a credit that was spent on nothing is granted again", () => {
  const credits = new Credits<object>(2);
  credits.open(a);
  credits.grant(a);
  credits.spend(a);
  expect(credits.grant(a)).toBe(1);
});

test("credits of a closed stream are void, its places are not", () => {
  const credits = new Credits<object>(3);
  credits.open(a);
  credits.grant(a);
  credits.spend(a);
  credits.occupy(a);
  credits.close(a);
  expect(credits.grant(a)).toBe(0);
  credits.open(a);
  expect(credits.grant(a)).toBe(2);
});

test("several controllers share the capacity, each at least one", () => {
  const credits = new Credits<object>(5);
  credits.shareAmong(2);
  credits.open(a);
  credits.open(b);
  expect([credits.grant(a), credits.grant(b)]).toEqual([2, 2]);
  const small = new Credits<object>(1);
  small.shareAmong(4);
  small.open(a);
  expect(small.grant(a)).toBe(1);
});

test("while executions end fast more are granted than run at once, and no longer than that", () => {
  const pace = { ahead: 4, count: () => undefined };
  const credits = new Credits<object>(2, pace);
  credits.open(a);
  expect(credits.grant(a)).toBe(6);
  for (let spent = 0; spent < 6; spent += 1) {
    credits.spend(a);
    credits.occupy(a);
  }
  pace.ahead = 0;
  for (let ended = 0; ended < 4; ended += 1) credits.release(a);
  expect(credits.grant(a)).toBe(0);
  credits.release(a);
  expect(credits.grant(a)).toBe(1);
});
