import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changed, repository } from "./patched-tree.ts";
import { seededBugs } from "./seeded-bugs.ts";

test.each(seededBugs)("the seeded bug '$name' still fits the code", ({ changes }) => {
  for (const change of changes) {
    const text = readFileSync(join(repository, change.file), "utf8");
    expect(changed(text, change)).not.toBe(text);
  }
});
