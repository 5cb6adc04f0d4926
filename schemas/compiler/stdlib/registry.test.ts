import { readFileSync } from "node:fs";
import { parseTypeName } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { shapeOf } from "../check/shape.ts";
import { findLibraryEntry, library } from "./registry.ts";

test("each name and alias stands once", () => {
  const names = library.flatMap((item) => [item.name, ...item.aliases]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("each type of the registry exists", () => {
  const types = library.flatMap((item) => [...item.parameters.flat(), ...item.results].map(({ type }) => type));
  const unknown = types.filter((text) => {
    const type = parseTypeName(text);
    return type === undefined || "unknown" in shapeOf(type);
  });
  expect(unknown).toEqual([]);
});

test("runtimes and converters are known by their pattern", () => {
  expect(findLibraryEntry("W.Python3.13")?.name).toBe("W.Runtime.Python.3.13");
  expect(findLibraryEntry("W.Node")?.name).toBe("W.Runtime.Node.20");
  expect(findLibraryEntry("With.Cpp20")?.kind).toBe("requirement");
  expect(findLibraryEntry("U.Convert.Pg.Int.To.Py.Float")?.results[0]?.type).toBe("py\\float");
  expect(findLibraryEntry("U.Convert.Pg.String.To.Pg.Int")).toBeUndefined();
  expect(findLibraryEntry("W.Python2.7")).toBeUndefined();
});

test("what the documentation names exists", () => {
  const cases = readFileSync(new URL("./names.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");
  expect(cases.filter((name) => findLibraryEntry(name) === undefined)).toEqual([]);
});
