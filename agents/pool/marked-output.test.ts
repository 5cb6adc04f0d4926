import { expect, it } from "vitest";
import { MarkedOutput, type OutputPart } from "./marked-output.ts";

const name = "worker";
const endOf = (id: number) => `\u001e${name}${id.toString(16).padStart(8, "0")}`;

function partsOf(chunks: readonly string[]): string[] {
  const marked = new MarkedOutput(name);
  const parts = [...chunks.flatMap((chunk) => marked.push(Buffer.from(chunk))), ...marked.finish()];
  return parts.map((part: OutputPart) => ("text" in part ? part.text.toString() : `end of ${part.endOf}`));
}

it.each([
  [["text"], ["text"]],
  [[endOf(1)], ["end of 1"]],
  [[`a${endOf(4_294_967_295)}${endOf(2)}b`], ["a", "end of 4294967295", "end of 2", "b"]],
  [
    ["a\u001eb", "\u001ework", "\u001e"],
    ["a\u001eb", "\u001ework", "\u001e"],
  ],
  [["\u001eworks here\u001e"], ["\u001eworks here", "\u001e"]],
  [[], []],
])("%j is cut into %j", (chunks, parts) => {
  expect(partsOf(chunks)).toEqual(parts);
});

it("a mark that arrives in pieces is one", () => {
  const whole = `before${endOf(7)}\u001e${endOf(8)}`;
  for (const size of [1, 2, 5, 13]) {
    const chunks = whole.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    const parts = partsOf(chunks);
    expect(parts.filter((part) => part.startsWith("end"))).toEqual(["end of 7", "end of 8"]);
    expect(parts.filter((part) => !part.startsWith("end")).join("")).toBe("before\u001e");
  }
});
