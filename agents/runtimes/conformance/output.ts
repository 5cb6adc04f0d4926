/** What functions print. */
import assert from "node:assert/strict";
import type { LogLine } from "../native-call.ts";
import { linesOf, tooManyLines, valuesOf } from "./ask.ts";
import type { ConformanceCase } from "./case.ts";

export const outputCases: readonly ConformanceCase[] = [
  {
    fact: "what a function prints are log lines of its call, with levels, also from child processes",
    about: "functions",
    async check(host) {
      const lines: LogLine[] = [];
      const outcome = await host.call(
        { function: "say", arguments: [{ value: "first" }] },
        { onLog: (line) => lines.push(line) },
      );
      assert.deepEqual(valuesOf(outcome), []);
      const texts = lines.map((line) => `${line.level} ${line.text}`).sort();
      const expected = [
        "info first",
        "info from a child",
        "info half a line",
        "info no end",
        ...host.saidBesides,
        "warning to stderr",
      ];
      assert.deepEqual(texts, expected.sort());
    },
  },
  {
    fact: "what is printed after its function has returned is no other call's",
    about: "calls",
    async check(host) {
      assert.deepEqual(await linesOf(host, "leave_printer"), []);
      assert.deepEqual(await linesOf(host, "release_printer"), ["my own"]);
    },
  },
  {
    fact: "a call that prints too many lines is told so once, and the rest is left out",
    about: "calls",
    async check(host) {
      const lines = await linesOf(host, "print_lines", 20_000);
      assert.deepEqual([lines.length, lines[9_998], lines[9_999]], [10_000, "9998", tooManyLines]);
    },
  },
  {
    fact: "a line without end is cut, and costs no memory beyond what is sent",
    about: "calls",
    async check(host) {
      const lines: LogLine[] = [];
      const call = { function: "print_without_end", arguments: [{ value: 256 }] };
      const { cost } = await host.call(call, { onLog: (line) => lines.push(line) });
      assert.deepEqual(
        lines.map(({ text }) => text),
        [`${"x".repeat(16_384)}…`],
      );
      assert.ok(cost.memoryPeakMb < 200, `${cost.memoryPeakMb} MB`);
    },
  },
  {
    fact: "bytes that are no text come as their replacement",
    about: "calls",
    async check(host) {
      assert.deepEqual(await linesOf(host, "print_bytes"), ["a\ufffd\u0000b"]);
    },
  },
  {
    fact: "what a child process wrote without a line's end is its call's, not the next one's",
    about: "calls",
    async check(host) {
      assert.deepEqual(await linesOf(host, "child_without_end"), ["half"]);
      assert.deepEqual(await linesOf(host, "child_without_end"), ["half"]);
    },
  },
  {
    fact: "a flood of a child process is cut with a note, and the next call's lines come",
    about: "calls",
    async check(host) {
      const lines = await linesOf(host, "flood_from_child", 200);
      assert.deepEqual([lines.length, lines[0], lines.at(-1)], [10_000, "y", tooManyLines]);
      assert.deepEqual(await linesOf(host, "print_lines", 1), ["0"]);
    },
  },
];
