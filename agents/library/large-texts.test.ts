import { expect, test } from "vitest";
import { packTexts, unpackTexts } from "./large-texts.ts";

const large = '\u00e4\u{1F600}\n"\\'.repeat(10_000);

const messages: readonly (readonly [title: string, message: object])[] = [
  ["a small message", { answer: { kind: "values", values: ["a\nb", 1, null, true] } }],
  ["a large text", { answer: { kind: "values", values: [large] } }],
  ["two large texts and a small one", { given: { a: large, b: "small", c: `${large}end` } }],
  ["large bytes under their tag", { answer: { values: [{ $bytes: "QUJD".repeat(10_000) }] } }],
  ["a large text in a map and in a list", { given: { row: { text: large }, list: [1, large] } }],
  ["a large text deeper than is looked for", { a: { b: { c: { d: { e: { f: { g: large } } } } } } }],
  ["a list longer than is looked through", { list: Array.from({ length: 100 }, () => large.slice(0, 20_000)) }],
  ["a map with the key __proto__", { given: JSON.parse(`{"__proto__":{"text":${JSON.stringify(large)}}}`) as object }],
  ["tags", { values: [{ $float: "NaN" }, { $map: [[1, large]] }, { $int: "9007199254740993" }] }],
];

test.each(messages)("%s comes out as it went in", (_title, message) => {
  const frame = Buffer.from(packTexts(message), "utf8");
  expect(JSON.stringify(unpackTexts(frame.toString("utf8")))).toBe(JSON.stringify(message));
});

test("a large text is not part of the JSON, which is one line", () => {
  const [head = ""] = packTexts({ answer: { values: [large, large] } }).split("\n");
  expect(head).toBe(
    JSON.stringify({
      answer: { values: [{ $large: [0, large.length] }, { $large: [large.length, large.length] }] },
    }),
  );
});
