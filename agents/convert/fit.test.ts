import type { CanonicalValue } from "@polyglot/contracts";
import { describe, expect, it } from "vitest";
import { encodeArgument } from "./argument.ts";
import { retype } from "./retype.ts";

const context = { root: "rows", namespace: "org.example" };

/** A value under a type, or the message where it does not fit. */
function taken(value: CanonicalValue, type: string): CanonicalValue {
  const fitted = retype(value, type, context);
  return fitted.kind === "value" ? fitted.value : `${fitted.path}: ${fitted.message}`;
}

/** What goes over the wire into a language, or the message. */
function sent(value: CanonicalValue, type: string): unknown {
  const encoded = encodeArgument(value, type, { ...context, border: type.startsWith("py") ? "py" : "js" });
  return encoded.kind === "text" ? JSON.parse(encoded.text) : `${encoded.path}: ${encoded.message}`;
}

const nested = (depth: number): CanonicalValue => {
  let value: CanonicalValue = 1.5;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
};

describe("a value under a type", () => {
  it.each<[CanonicalValue, string, CanonicalValue]>([
    ["text", "pg\\string", "text"],
    [3, "pg\\int", 3],
    [{ $int: "9007199254740993" }, "py\\int", { $int: "9007199254740993" }],
    [3, "pg\\float", { $float: "3" }],
    [{ $int: "18014398509481984" }, "pg\\float", { $float: "18014398509481984" }],
    [[1, 2], "py\\list<float>", [{ $float: "1" }, { $float: "2" }]],
    [{ a: null, b: 1 }, "pg\\dict", { a: null, b: 1 }],
    [[1, "a"], "py\\tuple<int,str>", [1, "a"]],
    [null, "py\\Optional<int>", null],
    [{ $enum: "org.example#Quality.Good" }, "py\\str", "Quality.Good"],
    ["Quality.Good", "pg\\Enum", { $enum: "org.example#Quality.Good" }],
    [{ $map: [[1, 2]] }, "pg\\dict<int,float>", { $map: [[1, { $float: "2" }]] }],
    [{ $duration: { months: 1, seconds: 0 } }, "pg\\duration", { $duration: { months: 1, seconds: 0 } }],
    [1.5, "js\\number", 1.5],
    [{ $handle: "h" }, "pg\\any", { $handle: "h" }],
  ])("%j as %s is %j", (value, type, expected) => {
    expect(taken(value, type)).toEqual(expected);
  });

  it.each<[CanonicalValue, string, string]>([
    ["3", "pg\\int", "rows: a text has no converter to pg\\int"],
    [3, "pg\\string", "rows: an int has no converter to pg\\string"],
    [true, "py\\int", "rows: a boolean has no converter to py\\int"],
    [1.5, "pg\\int", "rows: a float has no converter to pg\\int"],
    [{ $int: "9007199254740993" }, "pg\\float", "rows: the int 9007199254740993 has no exact float"],
    [
      [{ price: 1 }, { price: "x" }],
      "pg\\list<dict<string,int>>",
      "rows[1].price: a text has no converter to pg\\list<dict<string,int>>",
    ],
    [{ "unit price": null }, "py\\dict<str,float>", 'rows["unit price"]: None has no converter to py\\dict<str,float>'],
    [[1, 2, 3], "py\\tuple<int,int>", "rows: 3 elements where py\\tuple<int,int> takes 2"],
    ["no member", "pg\\Enum", "rows: a text has no converter to pg\\Enum"],
    [1, "pg\\unheard", "rows: no converter to the type pg\\unheard"],
    [nested(600), "py\\list<list>", /^rows(\[0\]){500}: nested more than 500 deep$/.source],
  ])("%j does not fit %s", (value, type, message) => {
    expect(taken(value, type)).toMatch(message.startsWith("^") ? new RegExp(message) : message);
  });
});

describe("a value on its way into a language", () => {
  it.each<[CanonicalValue, string, unknown]>([
    [[1, 2], "py\\tuple", { $tuple: [1, 2] }],
    [[1], "py\\set", { $set: [1] }],
    [[1], "js\\Array", [1]],
    [5, "js\\bigint", { $bigint: "5" }],
    [{ $enum: "org.example#Quality.Good" }, "js\\object", "Quality.Good"],
    [{ a: "$5", b: 'say "$int"' }, "py\\dict", { a: "$5", b: 'say "$int"' }],
    [{ $duration: { months: 0, seconds: 2 } }, "py\\object", { $duration: { months: 0, seconds: 2 } }],
    [
      { $duration: { months: 1, seconds: 2 } },
      "py\\object",
      "rows: a duration with years or months has no converter: their length depends on the day",
    ],
    [{ $duration: { months: 0, seconds: 2 } }, "js\\object", "rows: a duration has no converter to js\\object"],
    [[{ $range: [1, 2] }], "py\\list", "rows[0]: a range has no converter to py\\list"],
    [{ $datetime: "2026-01-15T10:30:00.123Z" }, "js\\Date", { $datetime: "2026-01-15T10:30:00.123Z" }],
    [
      { $datetime: "2026-01-15T10:30:00.1234Z" },
      "js\\Date",
      "rows: 2026-01-15T10:30:00.1234Z is finer than js\\Date can hold: 3 digits after the second",
    ],
    [{ $datetime: "2026-01-15T10:30:00.123400Z" }, "py\\datetime", { $datetime: "2026-01-15T10:30:00.123400Z" }],
  ])("%j as %s is %j", (value, type, expected) => {
    expect(sent(value, type)).toEqual(expected);
  });
});
