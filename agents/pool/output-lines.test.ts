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
  const read = ["x".repeat(maxLineCharacters), "x", "x\nnext", "\n"].flatMap((part) => lines.push(Buffer.from(part)));
  expect([...read, ...lines.finish()]).toEqual([`${"x".repeat(maxLineCharacters)}…`, "next"]);
});
