/** Makes an odd text of a right one: parts are left out, doubled, moved, swapped for others, cut, or spoiled by a character. */
import { fragments } from "./fragments.ts";
import { choose, type Random } from "./random.ts";

/** Changes of one text; most have few, so that they are nearly right. */
const maxChanges = 6;

type Change = (text: string, random: Random, other: string) => string;

const changes: readonly [Change, ...Change[]] = [
  (text, random) => withLines(text, random, (lines, at) => lines.toSpliced(at, 1)),
  (text, random) => withLines(text, random, (lines, at) => lines.toSpliced(at, 0, lines[at] ?? "")),
  (text, random) => withLines(text, random, (lines, at) => lines.toSpliced(random(lines.length), 0, lines[at] ?? "")),
  (text, random, other) =>
    withLines(text, random, (lines, at) => lines.toSpliced(at, 1, choose(linesOf(other), random))),
  (text, random, other) =>
    withLines(text, random, (lines, at) => lines.toSpliced(at, 0, choose(linesOf(other), random))),
  (text, random) => withLines(text, random, (lines, at) => lines.with(at, `[~]${lines[at] ?? ""}`)),
  (text, random) => withLines(text, random, (lines, at) => lines.with(at, (lines[at] ?? "").replace("[~]", ""))),
  (text, random) => insert(text, random, choose(fragmentsOrNone, random)),
  (text, random) => insert(text, random, String.fromCodePoint(random(0x250))),
  (text, random) => cut(text, random, 1 + random(8)),
  (text, random) => text.slice(0, random(text.length + 1)),
  (text, random) => insert(text, random, sliceOf(text, random)),
  (text, random, other) => insert(text, random, sliceOf(other, random)),
];

const fragmentsOrNone: readonly [string, ...string[]] = ["", ...fragments];

export function mutate(text: string, random: Random, other: string): string {
  let changed = text;
  for (let count = 1 + random(maxChanges); count > 0; count--)
    changed = choose(changes, random)(changed, random, other);
  return changed;
}

const linesOf = (text: string): readonly [string, ...string[]] => {
  const [first = "", ...rest] = text.split("\n");
  return [first, ...rest];
};

function withLines(text: string, random: Random, change: (lines: string[], at: number) => string[]): string {
  const lines = text.split("\n");
  return change(lines, random(lines.length)).join("\n");
}

function insert(text: string, random: Random, part: string): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + part + text.slice(at);
}

function cut(text: string, random: Random, length: number): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + text.slice(at + length);
}

function sliceOf(text: string, random: Random): string {
  const at = random(text.length + 1);
  return text.slice(at, at + random(40));
}
