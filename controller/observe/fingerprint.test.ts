import { expect, test } from "vitest";
import { fingerprintOf, parseError, skeletonOf } from "./fingerprint.ts";

test.each([
  ["no column 'price' in row 12", "no column '…' in row #"],
  ['could not parse "12,5" at 3:14', "could not parse '…' at #"],
  ["order 0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b is gone", "order # is gone"],
  ["connection to 10.0.0.7:5432 refused after 2.5 s", "connection to # refused after # s"],
  ["object at 0x7f3a2b10 has no len", "object at # has no len"],
  ["commit 9f2c1e7ab3 is unknown", "commit # is unknown"],
  ["a defaced deadbeef stays a word", "a defaced deadbeef stays a word"],
])("of '%s' what stays is '%s'", (message, skeleton) => {
  expect(skeletonOf(message)).toBe(skeleton);
});

test("pipeline, type and step tell failures apart, values do not", () => {
  const error = { type: "py\\!ValueError", message: "row 1 is bad", step: "s1" };
  const one = fingerprintOf("a#A", error);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprintOf("a#A", { ...error, message: "row 2 is bad" })).toBe(one);
  const others = [
    fingerprintOf("a#B", error),
    fingerprintOf("a#A", { ...error, type: "py\\!TypeError" }),
    fingerprintOf("a#A", { ...error, step: "s2" }),
    fingerprintOf("a#A", { ...error, message: "row 1 is fine" }),
  ];
  expect(new Set([one, ...others]).size).toBe(5);
});

test("an attempt without an error has one all the same", () => {
  expect(parseError(null)).toEqual({ type: "", message: "", step: "" });
  expect(parseError('{"type":"py\\\\!KeyError","message":"x","trace":"t"}')).toEqual({
    type: "py\\!KeyError",
    message: "x",
    step: "",
  });
});
