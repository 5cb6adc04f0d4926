import { expect, it } from "vitest";
import { encodeArgument } from "./argument.ts";
import type { Border } from "./fit.ts";
import { HeldValue } from "./held-value.ts";
import type { SharedMemory } from "./shared-part.ts";

const memory: SharedMemory = { read: () => new Uint8Array(Float64Array.of(0.5, 2).buffer) };
const part = (type: string) => `{"$shared":["a-1",${JSON.stringify(type)},[2]]}`;

/** What goes over the wire of a text that a worker gave, with or without parts in shared memory. */
function sent(text: string, type: string): string {
  const border = type.slice(0, type.indexOf("\\")) as Border;
  const value = new HeldValue(text, text.includes("$shared") ? memory : undefined);
  const encoded = encodeArgument(value, type, { border, root: "value", namespace: "n" });
  return encoded.kind === "text" ? encoded.text : encoded.message;
}

const asItIs: readonly (readonly [text: string, type: string])[] = [
  ['{"rows":[{"price":1.0}]}', "py\\dict"],
  ['{"rows":[1,2]}', "js\\object"],
  ["[12345678901234567890]", "py\\list"],
  ["[1,2]", "rust\\Vec<f64>"],
  [part("f8"), "py\\list"],
  [part("f8"), "js\\Array<number>"],
  [part("i8"), "cpp\\vector<long>"],
  [part("u1"), "rust\\Vec<u8>"],
  [`{"x":${part("f8")}}`, "py\\object"],
];

it.each(asItIs)("%s goes to %s as it is", (text, type) => {
  expect(sent(text, type)).toBe(text);
});

const read: readonly (readonly [text: string, type: string, sent: string])[] = [
  ["[12345678901234567890]", "js\\Array", '[{"$int":"12345678901234567890"}]'],
  ['[{"$duration":{"months":0,"seconds":1}}]', "js\\Array", "a duration has no converter to js\\Array"],
  ["[1,2]", "py\\list<float>", '[{"$float":"1"},{"$float":"2"}]'],
  ['{"a":1}', "py\\list", "a map has no converter to py\\list"],
  [part("n8"), "py\\list<float>", part("f8")],
  [part("f8"), "js\\Float64Array", '{"$shared":["a-1","f8",[2],"Float64Array"]}'],
  [part("f8"), "py\\list<int>", "a float has no converter to py\\list<int>"],
  [part("f8"), "py\\tuple", '{"$tuple":[0.5,{"$float":"2"}]}'],
];

it.each(read)("%s becomes for %s: %s", (text, type, expected) => {
  expect(sent(text, type)).toBe(expected);
});
