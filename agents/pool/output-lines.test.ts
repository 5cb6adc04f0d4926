import { expect, it } from "vitest";
import { maxLineCharacters, OutputLines } from "./output-lines.ts";

it("lines that arrive in pieces, in the middle of a character, come out whole", () => {
  const lines = new OutputLines();
  const bytes = Buffer.from("first ä\nsecond\nno end");
  const read = [...bytes].flatMap((byte) => lines.push(Buffer.from([byte])));
  expect([...read, ...lines.finish()]).toEqual(["first ä", "second", "no end"]);
});

it("a line without end is cut", () => {
  const lines = new OutputLines();
  const read = lines.push(Buffer.from("x".repeat(2 * maxLineCharacters + 1)));
  expect(read.map((line) => line.length)).toEqual([maxLineCharacters, maxLineCharacters, 1]);
});
