/**
 * What the suite of language pairs sends over each border: for each kind of value its type in every language that has
 * one, values that are known to be easily lost, and more of them by chance.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { canonicalFloat, canonicalInt } from "../../convert/numbers.ts";

export const pairLanguages = ["pg", "py", "js", "rust", "cpp"] as const;
export type PairLanguage = (typeof pairLanguages)[number];

export interface ValueKind {
  readonly name: string;
  /** As `.pg` names it, without the language; a language that is left out has no such type. */
  readonly types: Readonly<Partial<Record<PairLanguage, string>>>;
  /** Under which results are bound where `.pg` has no type that says as much. */
  readonly bound?: string;
  readonly pitfalls: readonly CanonicalValue[];
  readonly others: Arbitrary<CanonicalValue>;
}

/** A namespace's own enum: text in every language but `.pg`. */
export const namespace = "conformance";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(canonicalInt);
const anyInt = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }).map(canonicalInt);
const float = fc.double().map(canonicalFloat);
/** Any character, U+0000 and those outside the BMP among them; no halves of surrogate pairs. */
const text = fc.string({ unit: "binary" });
const plainKey = text.filter((name) => !name.startsWith("$"));
const bytes = fc.uint8Array().map((array) => ({ $bytes: Buffer.from(array).toString("base64") }));
const moment = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true })
  .map((date) => ({ $datetime: date.toISOString().replace(/\.?0*Z$/, "Z") }));
const member = fc.constantFrom("Quality.Good", "Quality.Poor").map((name) => ({ $enum: `${namespace}#${name}` }));
const dictionary = (values: Arbitrary<CanonicalValue>): Arbitrary<CanonicalValue> =>
  fc.dictionary(plainKey, values, { noNullPrototype: true });
const intKeys = (values: Arbitrary<CanonicalValue>): Arbitrary<CanonicalValue> =>
  fc
    .uniqueArray(fc.tuple(int64, values), { selector: ([name]) => JSON.stringify(name), minLength: 1 })
    .map((pairs) => ({ $map: pairs }));
/** Keys of several kinds in one map, each another one in every language: to Python, 1, 1.0 and True are the same. */
const mixedKeys = (values: Arbitrary<CanonicalValue>): Arbitrary<CanonicalValue> =>
  fc
    .uniqueArray(fc.tuple(fc.oneof(fc.constant(null), fc.boolean(), anyInt, float, text, bytes, moment), values), {
      selector: ([name]) => identityOf(name),
    })
    .map((pairs) => ({ $map: [[false, "first"], ...pairs.filter(([name]) => identityOf(name) !== "0")] }));
/** A key that begins with `$` could be taken for a tag. */
const dollarKeys = (values: Arbitrary<CanonicalValue>): Arbitrary<CanonicalValue> =>
  fc
    .uniqueArray(fc.tuple(text, values), { selector: ([name]) => name })
    .map((pairs) => ({ $map: [["$int", "1"], ...pairs.filter(([name]) => name !== "$int")] }));

const anything = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(fc.constant(null), fc.boolean(), anyInt, float, text, bytes, moment),
    fc.array(tie("value")),
    dictionary(tie("value")),
    mixedKeys(tie("value")),
    dollarKeys(tie("value")),
  ),
})).value;

const floats: readonly CanonicalValue[] = [
  0.1,
  5e-324,
  -2.5e-300,
  1.7e-5,
  { $float: "1" },
  { $float: "0" },
  { $float: "-0" },
  { $float: "NaN" },
  { $float: "Infinity" },
  { $float: "-Infinity" },
  { $float: "1e+22" },
  { $float: "9007199254740992" },
  { $float: "1.7976931348623157e+308" },
];

export const valueKinds: readonly ValueKind[] = [
  {
    name: "bool",
    types: { pg: "bool", py: "bool", js: "boolean", rust: "bool", cpp: "bool" },
    pitfalls: [true, false],
    others: fc.boolean(),
  },
  {
    name: "int",
    types: { pg: "int", py: "int", js: "number", rust: "i64", cpp: "long" },
    pitfalls: [0, -1, 9007199254740991, { $int: "9007199254740993" }, { $int: "-9223372036854775808" }],
    others: int64,
  },
  {
    name: "bigint",
    types: { pg: "int", py: "int", js: "bigint" },
    pitfalls: [0, { $int: "18446744073709551616" }, { $int: "-123456789012345678901234567890" }],
    others: anyInt,
  },
  {
    name: "unsigned",
    types: { pg: "int", py: "int", js: "bigint", rust: "u64", cpp: "uint64_t" },
    pitfalls: [0, { $int: "18446744073709551615" }],
    others: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(canonicalInt),
  },
  {
    name: "float",
    types: { pg: "float", py: "float", js: "number", rust: "f64", cpp: "double" },
    pitfalls: floats,
    others: float,
  },
  {
    name: "text",
    types: { pg: "string", py: "str", js: "string", rust: "String", cpp: "string" },
    pitfalls: [
      "",
      "plain",
      "3",
      "None",
      'quotes " and $ and \\ and \u0000',
      '{"$int":"1"}',
      "\u{1F600}\u{10FFFF}\u2028\u007f",
    ],
    others: text,
  },
  {
    name: "bytes",
    types: { pg: "bytes", py: "bytes", js: "Uint8Array", rust: "Vec<u8>", cpp: "vector<uint8_t>" },
    pitfalls: [{ $bytes: "" }, { $bytes: "AP+A" }],
    others: bytes,
  },
  {
    name: "datetime",
    types: { pg: "datetime", py: "datetime", js: "Date" },
    pitfalls: [
      { $datetime: "2026-01-15T10:30:00Z" },
      { $datetime: "1969-12-31T23:59:59.5Z" },
      { $datetime: "0001-01-01T00:00:00Z" },
      { $datetime: "9999-12-31T23:59:59.999Z" },
    ],
    others: moment,
  },
  {
    name: "duration",
    types: { pg: "duration", py: "timedelta" },
    pitfalls: [0, -3, 1.5, 86_400, 0.000001].map((seconds) => ({ $duration: { months: 0, seconds } })),
    others: fc
      .integer({ min: -1e12, max: 1e12 })
      .map((micros) => ({ $duration: { months: 0, seconds: canonicalSeconds(micros / 1e6) } })),
  },
  {
    name: "enum",
    types: { pg: "Enum", py: "str", js: "string", rust: "String", cpp: "string" },
    pitfalls: [{ $enum: `${namespace}#Quality.Good` }],
    others: member,
  },
  {
    name: "optional",
    types: { pg: "any", py: "Optional<int>", js: "object", rust: "Option<i64>", cpp: "optional<long>" },
    pitfalls: [null, 0],
    others: fc.option(int64),
  },
  {
    name: "list",
    types: { pg: "list<string>", py: "list<str>", js: "Array<string>", rust: "Vec<String>", cpp: "vector<string>" },
    pitfalls: [[], [""], ["a", "a"]],
    others: fc.array(text),
  },
  {
    name: "floats",
    types: { pg: "list<float>", py: "list<float>", js: "Array<number>", rust: "Vec<f64>", cpp: "vector<double>" },
    pitfalls: [[], floats],
    others: fc.array(float),
  },
  {
    name: "array",
    types: { pg: "list<int>", py: "tuple<int,int,int>", js: "Array<number>", rust: "[i64;3]", cpp: "array<long,3>" },
    pitfalls: [[1, 2, 3]],
    others: fc.tuple(int64, int64, int64),
  },
  {
    name: "map",
    types: {
      pg: "dict<string,int>",
      py: "dict<str,int>",
      js: "object",
      rust: "HashMap<String,i64>",
      cpp: "map<string,long>",
    },
    pitfalls: [{}, { "": 1 }, { ["__proto__"]: 1, constructor: 2 }, { $map: [["$int", 1]] }],
    others: fc.oneof(dictionary(int64), dollarKeys(int64).map(withIntValues)),
  },
  {
    name: "map by int",
    types: {
      pg: "dict<int,string>",
      py: "dict<int,str>",
      js: "object",
      rust: "HashMap<i64,String>",
      cpp: "map<long,string>",
    },
    pitfalls: [
      {
        $map: [
          [1, "one"],
          [-1, ""],
        ],
      },
      { $map: [[{ $int: "9007199254740993" }, "wide"]] },
    ],
    others: intKeys(text),
  },
  {
    name: "nested",
    types: {
      pg: "list<dict<string,list>>",
      py: "list<dict<str,list<Optional<float>>>>",
      js: "Array<object>",
      rust: "Vec<HashMap<String,Vec<Option<f64>>>>",
      cpp: "vector<map<string,vector<optional<double>>>>",
    },
    bound: "rust\\Vec<HashMap<String,Vec<Option<f64>>>>",
    pitfalls: [[], [{}], [{ a: [] }], [{ a: [null, { $float: "-0" }], "\u{1F600}": [{ $float: "NaN" }] }]],
    others: fc.array(dictionary(fc.array(fc.option(float)))),
  },
  {
    name: "anything",
    types: { pg: "any", py: "object", js: "object" },
    pitfalls: [
      null,
      [],
      {},
      [[], {}, [null]],
      {
        $map: [
          [1, "one"],
          ["1", "text"],
          [{ $bytes: "AQ==" }, true],
        ],
      },
    ],
    others: anything,
  },
];

/** What tells a key from the others of its map in the language that tells the fewest apart. */
function identityOf(name: CanonicalValue): string {
  if (typeof name === "boolean" || typeof name === "number") return String(Number(name));
  const { $int, $float } = (name ?? {}) as { readonly $int?: string; readonly $float?: string };
  return $int === undefined && $float === undefined ? JSON.stringify(name) : String(Number($int ?? $float));
}

/** No negative zero. */
const canonicalSeconds = (seconds: number): number => seconds + 0;

/** The tag in front has the value that a tag would have; here it has an int like its neighbours. */
function withIntValues(value: CanonicalValue): CanonicalValue {
  const { $map: pairs } = value as { readonly $map: readonly (readonly [string, CanonicalValue])[] };
  return { $map: pairs.map(([name, item]) => [name, typeof item === "string" ? 1 : item]) };
}

/** JavaScript has one kind of number: an integral float within 2^53 comes back as the int that it is there. */
export function asJavaScript(value: CanonicalValue): CanonicalValue {
  if (Array.isArray(value)) return value.map(asJavaScript);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === "$float") {
    const number = Number(entries[0][1]);
    return Number.isSafeInteger(number) && !Object.is(number, -0) ? number : value;
  }
  return Object.fromEntries(entries.map(([name, item]) => [name, asJavaScript(item)]));
}
