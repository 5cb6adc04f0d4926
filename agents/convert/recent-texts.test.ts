import { expect, it } from "vitest";
import type { EncodedText } from "./argument.ts";
import { HeldValue, type Value } from "./held-value.ts";
import { RecentTexts, recentTextLimits } from "./recent-texts.ts";

const asText = (length: number): EncodedText => ({ kind: "text", text: "x".repeat(length), tagged: false });
const asList = { border: "py", type: "py\\list" } as const;

/** How often each call encoded anew. */
function counting(texts: RecentTexts) {
  let encodings = 0;
  const encode = (value: Value, to: Parameters<RecentTexts["encoded"]>[1], length: number): number => {
    const before = encodings;
    texts.encoded(value, to, () => {
      encodings += 1;
      return asText(length);
    });
    return encodings - before;
  };
  return encode;
}

it("a large value is encoded once for each type and border", () => {
  const encode = counting(new RecentTexts());
  const value = [1];
  const large = recentTextLimits.leastCharacters;
  expect([encode(value, asList, large), encode(value, asList, large)]).toEqual([1, 0]);
  expect(encode(value, { border: "py", type: "py\\set" }, large)).toBe(1);
  expect(encode(value, { border: "js", type: "py\\list" }, large)).toBe(1);
  expect(encode([1], asList, large)).toBe(1);
});

it("what a worker wrote is encoded once for its text, whoever has it", () => {
  const encode = counting(new RecentTexts());
  const large = recentTextLimits.leastCharacters;
  const text = JSON.stringify("x".repeat(large));
  const other = JSON.stringify("y".repeat(large));
  const held = [text, text, other].map((one) => encode(new HeldValue(one), asList, large));
  expect(held).toEqual([1, 0, 1]);
  expect(encode(new HeldValue(text), { border: "js", type: "js\\Array" }, large)).toBe(1);
  expect([encode(new HeldValue("[1]"), asList, large), encode(new HeldValue("[1]"), asList, large)]).toEqual([1, 1]);
});

it("the oldest contents go, and come again anew", () => {
  const encode = counting(new RecentTexts());
  const eighth = recentTextLimits.maxCharacters / 8;
  const contents = Array.from({ length: 5 }, (_, at) => new HeldValue(String(at).repeat(eighth)));
  for (const content of contents) encode(content, asList, eighth);
  expect(contents.toReversed().map((content) => encode(content, asList, eighth))).toEqual([0, 0, 0, 0, 1]);
});

it("a small value, one that is no container and one that does not fit are encoded each time", () => {
  const texts = new RecentTexts();
  const encode = counting(texts);
  const value = [1];
  expect([encode(value, asList, 10), encode(value, asList, 10)]).toEqual([1, 1]);
  expect([encode("text", asList, 10_000), encode("text", asList, 10_000)]).toEqual([1, 1]);
  const misfit = { kind: "misfit", path: "value", message: "a text" } as const;
  expect(texts.encoded(value, asList, () => misfit)).toBe(misfit);
  expect(encode(value, asList, 10)).toBe(1);
});

it("the oldest texts go where all together are too long", () => {
  const encode = counting(new RecentTexts());
  const quarter = recentTextLimits.maxCharacters / 4;
  const values = Array.from({ length: 5 }, (_, index) => [index]);
  for (const value of values) encode(value, asList, quarter);
  expect(values.toReversed().map((value) => encode(value, asList, quarter))).toEqual([0, 0, 0, 0, 1]);
  expect([encode([9], asList, quarter + 1), encode([9], asList, quarter + 1)]).toEqual([1, 1]);
});
