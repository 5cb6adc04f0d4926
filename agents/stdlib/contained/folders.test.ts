import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ContainedBed } from "./contained.fixture.ts";
import { folders } from "./folders.ts";

const bed = new ContainedBed(folders, { limits: { maxListedPaths: 5 } });
const at = (name: string): string => join(bed.settings.dataRoot, name);

beforeAll(() => {
  for (const folder of ["tree/a/b", "tree/.hidden", "many"]) mkdirSync(at(folder), { recursive: true });
  for (const file of ["tree/z.csv", "tree/a/y.csv", "tree/a/b/x.csv", "tree/.hidden/w.csv", "tree/a/n.txt"]) {
    writeFileSync(at(file), "");
  }
  symlinkSync("..", at("tree/a/up"));
  for (let index = 0; index < 6; index += 1) writeFileSync(at(`many/${index}`), "");
});
afterAll(() => bed.stop());

const list = async (path: string, pattern?: string) => {
  const end = await bed.call("U.System.Directory.List", { path, ...(pattern === undefined ? {} : { pattern }) });
  if (!Array.isArray(end)) return end;
  return (end[0] as string[]).map((found) => found.slice(at(path).length + 1));
};

const listings: readonly (readonly [pattern: string | undefined, found: readonly string[]])[] = [
  [undefined, [".hidden", "a", "z.csv"]],
  ["*", ["a", "z.csv"]],
  ["*.csv", ["z.csv"]],
  ["a/*.csv", ["a/y.csv"]],
  ["*/*.csv", ["a/y.csv"]],
  ["**/*.csv", ["a/b/x.csv", "a/y.csv", "z.csv"]],
  [".*/*.csv", [".hidden/w.csv"]],
  ["a/{b/x,y}.csv", ["a/b/x.csv", "a/y.csv"]],
  ["a/up", ["a/up"]],
  ["no/such", []],
];

test.each(listings)("the pattern %s finds %j, in order and past no link", async (pattern, found) => {
  expect(await list("tree", pattern)).toEqual(found);
});

test("more paths than the limit are an error, and a pattern that finds fewer is none", async () => {
  expect(await list("many")).toEqual({
    type: "pg\\!ResourceError",
    message: `'${at("many")}' holds more than 5 paths that match`,
  });
  expect(await list("many", "[0-4]")).toHaveLength(5);
});

test("the data root is not deleted, by whatever way it is named", async () => {
  mkdirSync(at("aside"));
  symlinkSync(dirname(bed.settings.dataRoot), at("aside/out"));
  for (const path of [".", "..", "/", `aside/out/${basename(bed.settings.dataRoot)}`]) {
    const end = await bed.call("U.System.Directory.Delete", { path, recursive: true });
    expect(end).toMatchObject({ type: "pg\\!ValidationError" });
  }
  expect(existsSync(at("tree"))).toBe(true);
});

test("deleting a link to a folder, or a file, as a folder is an error and deletes nothing", async () => {
  const remove = (path: string) => bed.call("U.System.Directory.Delete", { path, recursive: true });
  expect(await remove("many/0")).toMatchObject({ type: "pg\\!FileError" });
  expect(existsSync(at("many/0"))).toBe(true);
  symlinkSync("many", at("link"));
  expect(await remove("link")).toMatchObject({ type: "pg\\!FileError" });
  expect(existsSync(at("many/0"))).toBe(true);
});
