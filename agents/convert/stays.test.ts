import type { CanonicalValue } from "@polyglot/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Border, fit, maxDepth } from "./fit.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { stays } from "./stays.ts";

const types = [
  ["pg", "pg\\int"],
  ["pg", "pg\\float"],
  ["pg", "pg\\list<float>"],
  ["pg", "pg\\dict<string,list<int>>"],
  ["pg", "pg\\dict<int,string>"],
  ["pg", "pg\\bytes"],
  ["pg", "pg\\Enum"],
  ["py", "py\\tuple<int,str>"],
  ["py", "py\\set<int>"],
  ["py", "py\\list<Optional<float>>"],
  ["py", "py\\datetime"],
  ["js", "js\\bigint"],
  ["js", "js\\Array<number>"],
  ["rust", "rust\\Vec<HashMap<String,Option<i64>>>"],
  ["cpp", "cpp\\map<string,vector<bool>>"],
  ["rust", "rust\\Vec<u8>"],
] as const;

const shapeNamed = (type: string): Shape => {
  const shape = shapeOf(type);
  if (shape === undefined) throw new Error(`${type} has no shape`);
  return shape;
};

const values = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<CanonicalValue>(null, true, 1, 1.5, "a", { $int: "9007199254740993" }, { $float: "1" }),
    fc.constantFrom<CanonicalValue>({ $bytes: "AQ==" }, { $enum: "a#B.C" }, { $datetime: "2026-01-15T10:30:00Z" }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b"), tie("value"), { noNullPrototype: true }),
    fc.tuple(tie("value"), tie("value")).map((pair) => ({ $map: [pair] })),
  ),
})).value;

describe.each(types)("on the border %s, under %s", (border: Border, type) => {
  const shape = shapeNamed(type);

  it("a value that stays is the one that fits", () => {
    const agrees = fc.property(values, (value) => {
      if (!stays(value, shape, border)) return;
      const context = { border, type, root: "value", namespace: "a" };
      expect(fit(value, shape, context)).toEqual({ kind: "value", value });
    });
    fc.assert(agrees, { numRuns: 500 });
  });
});

it.each<[CanonicalValue, string]>([
  [[0.5, { $float: "NaN" }], "py\\list<float>"],
  [{ a: [1, { $int: "9007199254740993" }] }, "rust\\HashMap<String,Vec<i64>>"],
  [[null, "a"], "py\\list<Optional<str>>"],
])("%j stays under %s", (value, type) => {
  expect(stays(value, shapeNamed(type), type.startsWith("py") ? "py" : "rust")).toBe(true);
});

it("what is nested too deep is left to the walk that says where", () => {
  let shape: Shape = { kind: "int" };
  let value: CanonicalValue = 1;
  for (let depth = 0; depth <= maxDepth; depth += 1) {
    shape = { kind: "list", form: "list", element: shape };
    value = [value];
  }
  expect(stays(value, shape, "pg")).toBe(false);
});
