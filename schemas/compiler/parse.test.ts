import { expect, test } from "vitest";
import { parse } from "./index.ts";

test("a file alone has its tree, and the errors of its syntax but not of its names", () => {
  const text = "[@] test>Space\n[X]\n[|] Main\n[t] |T.Cli\n[r] |Nowhere << missing\n[z]\n[x]\n";
  const { tree, diagnostics } = parse("a.pg", new TextEncoder().encode(text));
  expect(tree.blocks.map((block) => [block.kind, block.name.text])).toEqual([["pipeline", "Main"]]);
  expect(diagnostics.map((found) => `${found.line} ${found.code}`)).toEqual(["6 PG1011"]);
});
