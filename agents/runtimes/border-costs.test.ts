import { expect, it } from "vitest";
import { HeldValue } from "../convert/held-value.ts";
import { borderCosts, type Crossing, Origins } from "./border-costs.ts";

const memory = { read: () => new Uint8Array() };
const shared = new HeldValue('{"$shared":["a-1","f8",[10000]]}', memory);
const crossing: Crossing = {
  language: "rust",
  given: [
    { from: "py", value: shared, characters: 0 },
    { from: "pg", value: "text", characters: 20_000 },
  ],
  inMs: 10,
  answer: { values: [1.5], characters: 1_000 },
  outMs: 2,
};

it("each way has its bytes and its time, the way in by where a value comes from", () => {
  expect(borderCosts(crossing)).toEqual([
    { from: "py", to: "rust", bytes: 80_000, sharedBytes: 80_000, ms: 8 },
    { from: "pg", to: "rust", bytes: 20_000, sharedBytes: 0, ms: 2 },
    { from: "rust", to: "pg", bytes: 1_000, sharedBytes: 0, ms: 2 },
  ]);
});

it("what is small is not told", () => {
  const small = { ...crossing, given: [{ from: "py", value: "text", characters: 100 }] } as const;
  expect(borderCosts({ ...small, answer: { values: [1], characters: 1 } })).toBeUndefined();
});

it("a value comes from the language that made it, and one of the pipeline from none", () => {
  const origins = new Origins();
  const made = [1, 2];
  origins.note([made, shared, "text"], "js");
  expect([made, shared, "text", null, [1, 2]].map((value) => origins.of(value))).toEqual([
    "js",
    "js",
    "pg",
    "pg",
    "pg",
  ]);
});
