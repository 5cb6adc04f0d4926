/** Whether what the registry of the standard library says is there is there, and the other way round. */
import { expect, test } from "vitest";
import { isLibraryName, parametersOf } from "./agents/execute/library.ts";
import { containedLibrary } from "./agents/stdlib/contained/contained-library.ts";
import { library as implemented } from "./agents/stdlib/library.ts";
import { libraryWrappers } from "./agents/stdlib/library-wrapper.ts";
import type { LibraryEntry } from "./schemas/compiler/stdlib/entry.ts";
import { findLibraryEntry, library as registry } from "./schemas/compiler/stdlib/registry.ts";

const runnable = registry.filter(({ kind }) => kind === "utility" || kind === "condition");
/** The version from which a step, or a `[?]` line, may use the name. */
const usableSince = ({ since, testedSince }: LibraryEntry): string | null =>
  testedSince === undefined ? since : testedSince;

test("an agent runs every utility and condition that has a version, and no other", () => {
  const declared = runnable.filter((entry) => usableSince(entry) !== null).map((entry) => entry.name);
  expect(declared.filter((name) => !isLibraryName(name))).toEqual([]);
  expect([...implemented.keys()].filter((name) => !declared.includes(name))).toEqual([]);
});

/** How long a condition has held is for a trigger to watch. */
const namesOf = (kind: LibraryEntry["kind"], parameters: LibraryEntry["parameters"][number]): string[] =>
  parameters.map(({ name }) => name).filter((name) => kind !== "condition" || name !== "for");

test("both know the same parameters", () => {
  const usable = runnable.filter((entry) => usableSince(entry) !== null);
  const different = usable.flatMap(({ name, kind, parameters }) => {
    const declared = parameters.map((list) => namesOf(kind, list));
    const own = parametersOf(name);
    return own === undefined || JSON.stringify(own) === JSON.stringify(declared) ? [] : [{ name, declared, own }];
  });
  expect(different).toEqual([]);
});

test("an agent converts between any two types between which the compiler has a converter", () => {
  const names = [
    "Pg.Int",
    "Pg.Float",
    "Py.Str",
    "Js.Number",
    "Js.Bigint",
    "Rust.Str",
    "Rust.u8",
    "Cpp.Long",
    "Pg.Dict",
  ];
  const pairs = names.flatMap((from) => names.map((to) => `U.Convert.${from}.To.${to}`));
  const known = pairs.filter((name) => findLibraryEntry(name) !== undefined);
  expect(known).toContain("U.Convert.Pg.Int.To.Rust.u8");
  expect(known.filter((name) => !isLibraryName(name))).toEqual([]);
});

test("an agent opens every wrapper that has a version, and no other", () => {
  const names = registry.filter((entry) => entry.kind === "wrapper" && !entry.name.startsWith("W.Runtime."));
  const declared = names.filter((entry) => entry.since !== null).map((entry) => entry.name);
  const opened = [...libraryWrappers.keys(), ...containedLibrary.keys()].filter((name) => name.startsWith("W."));
  expect(declared.toSorted()).toEqual(opened.toSorted());
});
