/**
 * Values between every two languages, both ways, through real workers: what goes out of one under its type and into the
 * other under its own comes back equal, or is a `pg\!ConversionError` with the path to the element. Never a wrong value.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Echo } from "./testing/echo-bundle.ts";
import { type Hop, PairBed } from "./testing/pair-bed.ts";
import { asJavaScript, type PairLanguage, pairLanguages, type ValueKind, valueKinds } from "./testing/value-kinds.ts";
import { misfits, type MisfitRow } from "./testing/value-misfits.ts";

const pairs = pairLanguages.flatMap((from) => pairLanguages.map((to) => ({ from, to })));
const listTypes = { pg: "list", py: "list", js: "Array", rust: "Vec", cpp: "vector" } as const;

/** Lists by chance for each kind of value and pair of languages. */
const listsByChance = 2;

let bed: PairBed;

beforeAll(async () => {
  bed = await PairBed.open({ rust: echoesIn("rust"), cpp: echoesIn("cpp") });
});

afterAll(() => bed[Symbol.asyncDispose]());

describe.each(pairs)("from $from to $to", ({ from, to }) => {
  const shared = valueKinds.filter((kind) => kind.types[from] !== undefined && kind.types[to] !== undefined);

  it.each(shared)("$name: what is easily lost survives", async (kind) => {
    const { expected, taken } = await sendThrough(kind, kind.pitfalls, from, to);
    expect(taken).toEqual(expected);
  });

  it.each(shared)("$name: any value survives", async (kind) => {
    const survives = fc.asyncProperty(fc.array(kind.others, { size: "medium" }), async (values) => {
      const { expected, taken } = await sendThrough(kind, values, from, to);
      expect(taken).toEqual(expected);
    });
    await fc.assert(survives, { numRuns: listsByChance });
  });

  const refused = misfits.filter(
    (row) => row.to === to && row.unknownTo !== from && kindNamed(row.kind).types[from] !== undefined,
  );

  it.runIf(refused.length > 0).each(refused)("$kind: $values is refused as $type", async (row) => {
    const given = await bed.send(row.values, hop(from, kindNamed(row.kind)));
    const refusal = typeof given === "string" ? given : await bed.send(given, hopOfMisfit(row));
    expect(refusal).toBe(`pg\\!ConversionError: ${row.message}`);
  });
});

async function sendThrough(
  kind: ValueKind,
  values: readonly CanonicalValue[],
  from: PairLanguage,
  to: PairLanguage,
): Promise<{ expected: readonly string[]; taken: readonly string[] | string }> {
  const given = await bed.send(values, hop(from, kind));
  const taken = typeof given === "string" ? given : await bed.send(given, hop(to, kind));
  const loses = kind.name === "anything" && (from === "js" || to === "js");
  const expected = loses ? values.map(asJavaScript) : values;
  return { expected: expected.map(textOf), taken: typeof taken === "string" ? taken : taken.map(textOf) };
}

function hop(language: PairLanguage, kind: ValueKind): Hop {
  const type = kind.types[language] ?? "";
  const bound =
    kind.bound === undefined ? `pg\\list<${kind.types.pg}>` : `rust\\Vec<${kind.bound.slice("rust\\".length)}>`;
  return { language, echo: `echo${echoName(kind.name)}`, type: `${listTypes[language]}<${type}>`, bound };
}

function hopOfMisfit({ to, type }: MisfitRow): Hop {
  return { language: to, echo: `refuse${echoName(type)}`, type: `${listTypes[to]}<${type}>`, bound: "pg\\any" };
}

function echoesIn(language: "rust" | "cpp"): Echo[] {
  const kinds = valueKinds.map((kind) => hop(language, kind)).filter(({ type }) => !type.endsWith("<>"));
  const refusing = misfits.filter(({ to }) => to === language).map(hopOfMisfit);
  const byName = new Map([...kinds, ...refusing].map(({ echo, type }) => [echo, { name: echo, type }]));
  return [...byName.values()];
}

const echoName = (name: string): string => `_${name.replaceAll(/\W+/g, "_")}`;

function kindNamed(name: string): ValueKind {
  const kind = valueKinds.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`no kind of values is called ${name}`);
  return kind;
}

/** One text for one value: a map's order is not part of it. */
function textOf(value: CanonicalValue): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
    const entries = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([key, inner]) => [key, key === "$map" ? (inner as CanonicalValue[]).toSorted(byText) : inner]);
  });
}

const byText = (a: CanonicalValue, b: CanonicalValue): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
