/** Whether what the registry of the standard library says is there is there, and the other way round. */
import { expect, test } from "vitest";
import { isLibraryName } from "./agents/execute/library.ts";
import { containedLibrary } from "./agents/stdlib/contained/contained-library.ts";
import { library as implemented } from "./agents/stdlib/library.ts";
import { libraryWrappers } from "./agents/stdlib/library-wrapper.ts";
import { library as registry } from "./schemas/compiler/stdlib/registry.ts";

const utilities = registry.filter((entry) => entry.kind === "utility");
const isThere = (entry: { readonly since: string | null }): boolean => entry.since !== null;

test("an agent runs every utility that has a version, and no other", () => {
  const declared = utilities.filter((entry) => entry.since !== null).map((entry) => entry.name);
  expect(declared.filter((name) => !isLibraryName(name))).toEqual([]);
  expect([...implemented.keys()].filter((name) => !declared.includes(name))).toEqual([]);
});

test("both know the same parameters", () => {
  const different = utilities.filter(isThere).flatMap(({ name, parameters }) => {
    const declared = parameters.map((list) => list.map((parameter) => parameter.name));
    const own = (implemented.get(name) ?? containedLibrary.get(name))?.parameters;
    return own === undefined || JSON.stringify(own) === JSON.stringify(declared) ? [] : [{ name, declared, own }];
  });
  expect(different).toEqual([]);
});

test("an agent opens every wrapper that has a version, and no other", () => {
  const names = registry.filter((entry) => entry.kind === "wrapper" && !entry.name.startsWith("W.Runtime."));
  const declared = names.filter(isThere).map((entry) => entry.name);
  const opened = [...libraryWrappers.keys(), ...containedLibrary.keys()];
  expect(declared.filter((name) => !opened.includes(name))).toEqual([]);
  expect([...libraryWrappers.keys()].filter((name) => !declared.includes(name))).toEqual([]);
});
