import { expect, test } from "vitest";
import { Lease } from "./lease.ts";

function lease(): Lease {
  const made = new Lease();
  made.follow({ renewMs: 3, stopMs: 8 });
  return made;
}

test("the deadline counts from the sending of the last acknowledged heartbeat, not from the answer", () => {
  const own = lease();
  const first = own.send(100);
  expect(own.grant(first, 105)).toBe(true);
  expect(own.deadline).toBe(108);
  expect([own.isOver(107), own.isOver(108)]).toEqual([false, true]);
});

test("answers out of order do not move the deadline back", () => {
  const own = lease();
  const [first, second] = [own.send(100), own.send(103)];
  own.grant(second, 104);
  own.grant(first, 105);
  expect(own.deadline).toBe(111);
});

test("an answer that came too late, twice, or to nothing that was sent does not count", () => {
  const own = lease();
  const first = own.send(100);
  expect(own.grant(first, 108)).toBe(false);
  expect(own.grant(99, 101)).toBe(false);
  const second = own.send(110);
  expect([own.grant(second, 111), own.grant(second, 112)]).toEqual([true, false]);
});

test("after a lapse there is no lease until a heartbeat sent afterwards is answered", () => {
  const own = lease();
  const before = own.send(100);
  own.grant(before, 101);
  const between = own.send(107);
  own.lapse();
  expect([own.deadline, own.grant(between, 109)]).toEqual([undefined, false]);
  own.grant(own.send(110), 111);
  expect(own.deadline).toBe(118);
});
