import { expect, test } from "vitest";
import { wrapText } from "./wrap-text.ts";

test("words are filled into lines of a width, and a longer word has its own", () => {
  expect(wrapText("one two three incomprehensibilities four", 9)).toEqual([
    "one two",
    "three",
    "incomprehensibilities",
    "four",
  ]);
});

test("an empty line parts paragraphs", () => {
  expect(wrapText("one\ntwo\n\nthree", 20)).toEqual(["one two", "", "three"]);
});
