/** Large arrays and bytes between every two languages, handed on in memory that the workers share. */
import { truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { CanonicalValue } from "@polyglot/contracts";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HeldValue, plainValue, type Value } from "../convert/held-value.ts";
import { canonicalFloat, canonicalInt } from "../convert/numbers.ts";
import { wholePart } from "../convert/shared-part.ts";
import { SharedBed, type SharingLanguage } from "./testing/shared-bed.ts";

const languages = ["py", "js", "rust", "cpp"] as const;
const pairs = languages.flatMap((from) => languages.map((to) => ({ from, to })));

const special = [0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1, 5e-324, 2 ** 60];
const wide = [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 7n];

const listOf = <Item>(count: number, items: readonly Item[], canonical: (item: Item) => CanonicalValue) =>
  Array.from({ length: count }, (_, at) => canonical(items[at % items.length] as Item));
const floats = (count: number) => listOf(count, special, canonicalFloat);
const ints = (count: number) => listOf(count, wide, canonicalInt);
const ints32 = (count: number) => listOf(count, [1, -(2 ** 31), 2 ** 31 - 1], (x) => x);
const bytes = (count: number) => ({ $bytes: Buffer.alloc(count, "any bytes \u0000\u00ff").toString("base64") });

/** 64 KiB: below, text is as fast. */
const sizes = [
  { name: "floats", bound: "pg\\list<float>", values: [0, 1, 8_191, 8_192, 8_193].map(floats) },
  { name: "ints", bound: "pg\\list<int>", values: [0, 1, 8_191, 8_192, 8_193].map(ints) },
  { name: "bytes", bound: "pg\\bytes", values: [0, 1, 65_535, 65_536, 65_537].map(bytes) },
] as const;

let bed: SharedBed;
beforeAll(async () => {
  bed = await SharedBed.open();
});
afterEach(() => bed.endAttempt());
afterAll(() => bed[Symbol.asyncDispose]());

const echoOf = (language: SharingLanguage, kind: string): string =>
  language === "py" || language === "js" ? "echo" : kind;

/** Through a function of that language that gives back what it is given. */
const through = (language: SharingLanguage, kind: string, value: Value, bound: string): Promise<Value> =>
  bed.ask({ language, function: echoOf(language, kind), value, bound });

/** Plain lists have no width of 32 bits, so those languages make arrays of them. */
const echoes = (language: SharingLanguage, name: string): string =>
  name.startsWith("narrow") ? name : echoOf(language, name);

const rowsOf = (count: number, columns: number): CanonicalValue[] =>
  Array.from({ length: count }, () => listOf(columns, [0.5, 1.25, -3.5], canonicalFloat));

const isShared = (value: Value): boolean => value instanceof HeldValue && value.memory !== undefined;
const partOf = (value: Value) => wholePart(value instanceof HeldValue ? value.text : "");

describe.each(pairs)("from $from to $to", ({ from, to }) => {
  it.each(sizes)("$name of any size survive, with what is easily lost", async ({ name, bound, values }) => {
    for (const value of values) {
      const given = await through(from, name, value, bound);
      expect(plainValue(await through(to, name, given, bound))).toEqual(value);
    }
  });

  it("floats and bytes from 64 KiB on are shared, smaller ones are not", async () => {
    const shared = [];
    for (const { name, bound, values } of [sizes[0], sizes[2]]) {
      for (const value of values.slice(2)) shared.push(isShared(await through(from, name, value, bound)));
    }
    expect(shared).toEqual([false, true, true, false, true, true]);
  });

  it("floats and ints of 32 bits, and rows of one length or of several, survive and are shared", async () => {
    const lists = [
      {
        name: "narrow_floats",
        value: listOf(20_000, [0.5, -0, Number.NaN, 3, 2 ** -149], canonicalFloat),
        shared: true,
      },
      { name: "narrow_ints", value: listOf(20_000, [1, -(2 ** 31), 2 ** 31 - 1, 0], (x) => x), shared: true },
      { name: "rows", value: rowsOf(4_000, 4), shared: true },
      { name: "triples", value: rowsOf(4_000, 4), shared: true },
      { name: "rows", value: [...rowsOf(4_000, 4), [0.5]], shared: false },
      { name: "rows", value: rowsOf(3, 2), shared: false },
    ];
    for (const { name, value, shared } of lists) {
      const isFloat = name !== "narrow_ints";
      const bound = `pg\\list<${name.startsWith("narrow") ? (isFloat ? "float" : "int") : "list<float>"}>`;
      const echo = (language: SharingLanguage, given: Value) =>
        bed.ask({ language, function: echoes(language, name), value: given, bound });
      const given = await echo(from, value);
      expect({ name, shared: isShared(given) }).toEqual({ name, shared });
      expect(plainValue(await echo(to, given))).toEqual(value);
    }
  });

  it("columns in a map survive, large ones beside small ones", async () => {
    const column = fc
      .constantFrom(0, 3, 8_191, 8_192, 9_000)
      .map((count) => listOf(count, [0.25, 1.5, -3.75], (x) => x));
    const columns = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), column, { maxKeys: 3, noNullPrototype: true });
    const survives = fc.asyncProperty(columns, async (value) => {
      const given = await through(from, "columns", value, "pg\\dict");
      expect(plainValue(await through(to, "columns", given, "pg\\dict"))).toEqual(value);
    });
    await fc.assert(survives, { numRuns: 2 });
  });
});

describe("one array for several steps", () => {
  const made = async (value: CanonicalValue = listOf(10_000, [0.5, 1.5], (x) => x)): Promise<Value> =>
    through("rust", "floats", value, "pg\\list<float>");

  it.each(["py", "js", "cpp"] as const)("what a step of %s changes no other step sees", async (language) => {
    const value = await made();
    const before = plainValue(await through("py", "floats", value, "pg\\list<float>"));
    const to = { js: "js\\Float64Array", py: "pg\\any", cpp: "cpp\\span<double>" }[language];
    const changed = await bed.ask({ language, function: "change", value, bound: "pg\\list<float>", to });
    expect((plainValue(changed) as CanonicalValue[])[0]).toBe(1.5);
    expect(plainValue(await through("cpp", "floats", value, "pg\\list<float>"))).toEqual(before);
  });

  it("an array that a step gives back unchanged is handed on, not written again", async () => {
    const value = await made();
    const view = await bed.ask({ language: "py", function: "view", value, bound: "pg\\list<float>" });
    expect(partOf(view)).toEqual(partOf(value));
    expect(await bed.files()).toHaveLength(1);
    const given = await through("rust", "bytes", bytes(100_000), "pg\\bytes");
    expect(partOf(await through("py", "bytes", given, "pg\\bytes"))).toEqual(partOf(given));
  });

  it("parameters say how they take it: as memory side by side, or as a list", async () => {
    const value = await made();
    const asked = { value, bound: "pg\\any" } as const;
    expect(await bed.ask({ ...asked, language: "py", function: "kind" })).toEqual(["d", 10_000]);
    expect(await bed.ask({ ...asked, language: "py", function: "kind", value: [1, 2] })).toEqual(["q", 2]);
    expect(await bed.ask({ ...asked, language: "js", function: "kind" })).toBe("Array");
    const typed = { ...asked, language: "js", function: "kind", to: "js\\Float64Array" } as const;
    expect(await bed.ask(typed)).toBe("Float64Array");
    expect(await bed.ask({ ...typed, value: [0.5] })).toBe("Float64Array");
    for (const language of ["rust", "cpp"] as const) {
      const borrowed = await bed.ask({ ...asked, language, function: "borrowed", bound: "pg\\list<float>" });
      expect(plainValue(borrowed)).toEqual(plainValue(value));
    }
    expect(plainValue(await bed.ask({ ...asked, language: "py", function: "numbers" }))).toEqual(plainValue(value));
  });

  it("nothing is copied for who takes a slice, a span or a view: it is the memory of the file", async () => {
    const makers = [
      { language: "py", function: "floats" },
      { language: "rust", function: "floats" },
      { language: "cpp", function: "floats" },
    ] as const;
    for (const { language, function: name } of makers) {
      const given = await bed.ask({
        language,
        function: language === "py" ? "echo" : name,
        value: floats(200_000),
        bound: "pg\\list<float>",
      });
      const inode = await bed.inode(given);
      for (const taker of ["py", "rust", "cpp"] as const) {
        const page = await bed.ask({ language: taker, function: "pages", value: given, bound: "pg\\int" });
        expect({ language, taker, page }).toEqual({ language, taker, page: inode });
      }
    }
    const rows = await through("rust", "rows", rowsOf(50_000, 4), "pg\\list<list<float>>");
    for (const language of ["rust", "cpp"] as const) {
      const page = await bed.ask({ language, function: "borrowed_rows", value: rows, bound: "pg\\int" });
      expect(page).toBe(await bed.inode(rows));
    }
    expect(await bed.ask({ language: "py", function: "shape", value: rows, bound: "pg\\any" })).toEqual([
      "d",
      50_000,
      4,
    ]);
    const typed = { language: "js", function: "rows_of", value: rows, bound: "pg\\any" } as const;
    expect(await bed.ask({ ...typed, to: "js\\Array<Float64Array>" })).toEqual([50_000, "Float64Array", true]);
  });

  it("who takes another width gets each element exactly, or learns which does not fit", async () => {
    const narrow = await bed.ask({ language: "py", function: "narrow_ints", value: ints32(20_000), bound: "pg\\any" });
    for (const language of ["rust", "cpp"] as const) {
      expect(plainValue(await through(language, "ints", narrow, "pg\\list<int>"))).toEqual(ints32(20_000));
      const broad = await through(language, "ints", ints32(20_000), "pg\\list<int>");
      expect(plainValue(await through(language, "narrow_ints", broad, "pg\\list<int>"))).toEqual(ints32(20_000));
    }
    const broad = await bed.ask({
      language: "js",
      function: "echo",
      value: [...ints32(20_000), 2 ** 31],
      to: "js\\BigInt64Array",
      bound: "pg\\any",
    });
    const refused = { value: broad, function: "narrow_ints", bound: "pg\\any" } as const;
    for (const asked of [{ language: "rust" }, { language: "cpp" }] as const) {
      const outcome = await bed.call({ ...refused, ...asked });
      expect(outcome).toMatchObject({
        error: { type: "pg\\!ConversionError", message: expect.stringContaining("[20000]") },
      });
    }
    const narrowed = {
      language: "js",
      function: "echo",
      value: broad,
      bound: "pg\\any",
      to: "js\\Int32Array",
    } as const;
    expect(await bed.call(narrowed)).toMatchObject({ error: { type: "pg\\!ConversionError" } });
  });

  it("what does not fit its type is refused as small values are", async () => {
    const value = await through("rust", "ints", ints(10_000), "pg\\list<int>");
    const asked = { language: "rust", function: "narrow", value, bound: "pg\\any" } as const;
    expect(await bed.call(asked)).toMatchObject({ error: { type: "pg\\!ConversionError" } });
    const few = await through(
      "rust",
      "ints",
      listOf(10_000, [1, 2], (x) => x),
      "pg\\list<int>",
    );
    expect(plainValue(await bed.ask({ ...asked, value: few }))).toHaveLength(10_000);
    expect(plainValue(await through("rust", "floats", few, "pg\\list<float>"))).toHaveLength(10_000);
  });

  it.each([
    ["gone", (file: string) => unlink(file)],
    ["cut short", (file: string) => truncate(file, 100)],
  ])("an array whose memory is %s is an error of each step that takes it", async (_, spoil) => {
    const value = await made();
    await spoil(join(bed.folder, partOf(value)?.name ?? ""));
    const kinds = [];
    for (const language of languages) {
      kinds.push((await bed.call({ language, function: echoOf(language, "floats"), value, bound: "pg\\any" })).kind);
    }
    expect(kinds).toEqual(languages.map(() => "error"));
  });
});

describe("what is left of shared memory", () => {
  const value = listOf(10_000, [0.5], (x) => x);

  it("nothing of an attempt is left after its end", async () => {
    await through("py", "floats", value, "pg\\any");
    expect(await bed.files()).toHaveLength(1);
    bed.endAttempt();
    expect(await bed.files()).toEqual([]);
  });

  it("nothing is left of an answer that fails", async () => {
    const outcome = await bed.call({ language: "py", function: "refuse", value, bound: "pg\\any" });
    expect(outcome).toMatchObject({ error: { type: "pg\\!ConversionError" } });
    expect(await bed.files()).toEqual([]);
  });

  it("nothing of a process that dies while it writes its answer is left after the attempt", async () => {
    const outcome = await bed.call({ language: "py", function: "explode", value, bound: "pg\\any" });
    expect(outcome.kind).toBe("error");
    expect(await bed.files()).toHaveLength(1);
    bed.endAttempt();
    expect(await bed.files()).toEqual([]);
  });

  it("a process that is killed while it holds an array leaves nothing after the attempt", async () => {
    const given = await through("py", "floats", value, "pg\\any");
    const kill = new AbortController();
    const onLine = () => kill.abort({ graceMs: 0 });
    const asked = { language: "py", function: "hold", value: given, bound: "pg\\any" } as const;
    expect(await bed.call({ ...asked, signal: kill.signal, onLine })).toMatchObject({ kind: "stopped" });
    bed.endAttempt();
    expect(await bed.files()).toEqual([]);
  });
});
