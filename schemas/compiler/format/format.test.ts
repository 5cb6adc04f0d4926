import { expect, test } from "vitest";
import { format } from "./format.ts";

function check(source: string, expected: string): void {
  expect(format(source)).toBe(expected);
  expect(format(expected)).toBe(expected);
}

test("elements are written in their compact form", () => {
  check(
    "[Import] a>B\n[Exit]\n[PIPELINE] P\n[R] |X\n[sub][Error] !> pg\\!Any\n[X]\n",
    "[@] a>B\n[X]\n[|] P\n[r] |X\n[~][!] !> pg\\!Any\n[x]\n",
  );
});

test("one space stands between words", () => {
  check(
    '[r]   @Clean | load<<path<<keep:"a"   >>  rows:py\\list\n',
    '[r] @Clean|load << path << keep: "a" >> rows: py\\list\n',
  );
  check('[r] x<<[ 1,2 ,{ "a" :1 } ]\n', '[r] x << [1, 2, {"a": 1}]\n');
  check("[i] a: rust\\Vec< Vec<i64> >\n", "[i] a: rust\\Vec<Vec<i64>>\n");
  check("[t] | T.Cli\n[Q] |Q.ToQueue<< # Queue.A\n", "[t] |T.Cli\n[Q] |Q.ToQueue << #Queue.A\n");
});

test("comments stay", () => {
  check("\\\\ one   \n\n\n[r] |A \\* two *\\ << 1 \\\\ three\n", "\\\\ one\n\n[r] |A \\* two *\\ << 1  \\\\ three\n");
  check("[r] |A \\* over\r\n  lines *\\\r\n", "[r] |A \\* over\n  lines *\\\n");
});

test("a line that cannot be read stays as it is", () => {
  check('[r]   |A   <<  "open  \n', '[r]   |A   <<  "open\n');
  check("[z]  |A   <<  1\n", "[z]  |A   <<  1\n");
});

test("empty lines are at most one in a row, and none at the ends", () => {
  check("\n\n[r] |A\n\n\n[r] |B\n\n\n", "[r] |A\n\n[r] |B\n");
  check("  \n", "");
});
