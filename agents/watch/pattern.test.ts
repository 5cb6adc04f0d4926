import { expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";

type Case = readonly [pattern: string, path: string, matches: boolean];

/** Pattern and path with what was found, so that a failure shows which one. */
const found = (cases: readonly Case[]): Case[] =>
  cases.map(([pattern, path]) => [pattern, path, compilePattern(pattern, "/data").matches(path)]);

test("relative patterns start at the data root, absolute ones where they say", () => {
  const cases: Case[] = [
    ["in/*.csv", "/data/in/a.csv", true],
    ["in/*.csv", "/other/in/a.csv", false],
    ["/srv/drop/*.csv", "/srv/drop/a.csv", true],
    ["./in/a.csv", "/data/in/a.csv", true],
    ["../in/*.csv", "/in/a.csv", true],
  ];
  expect(found(cases)).toEqual(cases);
});

test("one star stays in its folder, two stand for any number of folders", () => {
  const cases: Case[] = [
    ["in/*.csv", "/data/in/deep/a.csv", false],
    ["in/**/*.csv", "/data/in/a.csv", true],
    ["in/**/*.csv", "/data/in/very/deep/a.csv", true],
    ["**/*.csv", "/data/a.csv", true],
    ["in/*/a.{csv,tsv}", "/data/in/x/a.tsv", true],
  ];
  expect(found(cases)).toEqual(cases);
});

test("hidden files and folders match only when they are named", () => {
  const cases: Case[] = [
    ["in/*.csv", "/data/in/.a.csv", false],
    ["**/*.csv", "/data/.hidden/a.csv", false],
    ["in/.a.csv", "/data/in/.a.csv", true],
  ];
  expect(found(cases)).toEqual(cases);
});

test("folders of tools are never watched", () => {
  const cases: Case[] = [
    ["**/*.js", "/data/node_modules/x/index.js", false],
    [".polyglot/*", "/data/.polyglot/x", false],
    ["{.git,x}/*", "/data/.git/HEAD", false],
  ];
  expect(found(cases)).toEqual(cases);
});

test("the folder to watch and the depth come from the pattern", () => {
  expect(compilePattern("in/*.csv", "/data")).toMatchObject({ base: "/data/in", depth: 0 });
  expect(compilePattern("in/*/x/*.csv", "/data")).toMatchObject({ base: "/data/in", depth: 2 });
  expect(compilePattern("**/*.csv", "/data")).toMatchObject({ base: "/data", depth: Number.POSITIVE_INFINITY });
  expect(compilePattern("in/a.csv", "/data")).toMatchObject({ base: "/data/in", depth: 0 });
});
