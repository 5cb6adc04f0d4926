import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSourceFiles } from "./source-files.ts";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "sources-"))));
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text = ""): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

test("what programs write, what .gitignore leaves out and what triggers wait for is no source", async () => {
  const triggers = [`|T.FileCreated << "in/*.csv"`, `|T.Check.File.Exists << "./go"`, `|T.DirChanged << "drop"`];
  const lines = triggers.map((trigger) => `[t] ${trigger}`).join("\n");
  await write("a.pg", `[@] io.test>A\n[X]\n[|] A\n${lines}\n[x]\n`);
  await write(".gitignore", "out/\n");
  await write("lib/.gitignore", "*.bin\n");
  await write("lib/f.py");
  const { digest } = await readSourceFiles(folder);
  for (const path of ["up.log", "out/x", "lib/a.bin", "in/a.csv", "go", "drop/deep/x"]) await write(path);
  const read = await readSourceFiles(folder);
  expect(read.digest).toBe(digest);
  await write("in/a.txt");
  expect([...(await readSourceFiles(folder)).files.keys()].toSorted()).toEqual(
    [".gitignore", "a.pg", "in/a.txt", "lib/.gitignore", "lib/f.py"].toSorted(),
  );
});
