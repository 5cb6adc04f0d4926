import { expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";

const check = (pattern: string, path: string, expected: boolean) =>
  expect(compilePattern(pattern, "/data").matches(path), `${pattern} against ${path}`).toBe(expected);

test("relative patterns start at the data root, absolute ones where they say", () => {
  check("in/*.csv", "/data/in/a.csv", true);
  check("in/*.csv", "/other/in/a.csv", false);
  check("/srv/drop/*.csv", "/srv/drop/a.csv", true);
  check("./in/a.csv", "/data/in/a.csv", true);
  check("../in/*.csv", "/in/a.csv", true);
});

test("one star stays in its folder, two stand for any number of folders", () => {
  check("in/*.csv", "/data/in/deep/a.csv", false);
  check("in/**/*.csv", "/data/in/a.csv", true);
  check("in/**/*.csv", "/data/in/very/deep/a.csv", true);
  check("**/*.csv", "/data/a.csv", true);
  check("in/*/a.{csv,tsv}", "/data/in/x/a.tsv", true);
});

test("hidden files and folders match only when they are named", () => {
  check("in/*.csv", "/data/in/.a.csv", false);
  check("**/*.csv", "/data/.hidden/a.csv", false);
  check("in/.a.csv", "/data/in/.a.csv", true);
});

test("folders of tools are never watched", () => {
  check("**/*.js", "/data/node_modules/x/index.js", false);
  check(".polyglot/*", "/data/.polyglot/x", false);
  check("{.git,x}/*", "/data/.git/HEAD", false);
});

test("the folder to watch and the depth come from the pattern", () => {
  expect(compilePattern("in/*.csv", "/data")).toMatchObject({ base: "/data/in", depth: 0 });
  expect(compilePattern("in/*/x/*.csv", "/data")).toMatchObject({ base: "/data/in", depth: 2 });
  expect(compilePattern("**/*.csv", "/data")).toMatchObject({ base: "/data", depth: Number.POSITIVE_INFINITY });
  expect(compilePattern("in/a.csv", "/data")).toMatchObject({ base: "/data/in", depth: 0 });
});
