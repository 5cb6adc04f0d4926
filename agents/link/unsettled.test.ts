import { expect, test } from "vitest";
import { Unsettled } from "./unsettled.ts";

const [home, other] = [{ name: "home" }, { name: "other" }];
const take = (unsettled: Unsettled<number, string, object>, stream: object) =>
  unsettled.take(stream, 10, 100, (item) => item.length);

test("an item goes to its home while that is open, else to any, and is sent once", () => {
  const unsettled = new Unsettled<number, string, object>();
  unsettled.open(other);
  unsettled.open(home);
  expect(unsettled.add(1, "one", home)).toBe(home);
  expect(unsettled.add(2, "two")).toBe(other);
  expect([take(unsettled, home), take(unsettled, home), take(unsettled, other)]).toEqual([["one"], [], ["two"]]);
});

test("what was sent on a stream that breaks is sent again, unless it was settled", () => {
  const unsettled = new Unsettled<number, string, object>();
  unsettled.open(home);
  unsettled.add(1, "one", home);
  unsettled.add(2, "two", home);
  take(unsettled, home);
  expect([unsettled.settle(1), unsettled.settle(1)]).toEqual([true, false]);
  unsettled.close(home);
  unsettled.open(home);
  expect(take(unsettled, home)).toEqual(["two"]);
});

test("another open stream takes over at once", () => {
  const unsettled = new Unsettled<number, string, object>();
  unsettled.open(home);
  unsettled.open(other);
  unsettled.add(1, "one", home);
  expect([...unsettled.close(home)]).toEqual([other]);
  expect(take(unsettled, other)).toEqual(["one"]);
});

test("what nobody could take waits for the first stream", () => {
  const unsettled = new Unsettled<number, string, object>();
  expect(unsettled.add(1, "one", home)).toBeUndefined();
  unsettled.open(other);
  expect(take(unsettled, other)).toEqual(["one"]);
});

test("a message takes as much as the limits allow, but at least one", () => {
  const unsettled = new Unsettled<number, string, object>();
  unsettled.open(home);
  for (const [key, item] of ["x".repeat(50), "yy", "zzz"].entries()) unsettled.add(key, item);
  const sizes = [1, 2, 3].map(() => unsettled.take(home, 2, 4, (item) => item.length).map((item) => item.length));
  expect(sizes).toEqual([[50], [2], [3]]);
});
