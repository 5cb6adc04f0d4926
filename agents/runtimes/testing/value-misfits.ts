/** Values that a type does not take, from whichever language they come: the path to the element, and why. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { NativeLanguage } from "./pair-bed.ts";
import type { PairLanguage } from "./value-kinds.ts";

export interface MisfitRow {
  /** What kind of value it is where it comes from. */
  readonly kind: string;
  readonly values: readonly CanonicalValue[];
  readonly to: NativeLanguage;
  readonly type: string;
  readonly message: string;
  /** A language that has no such value to give. */
  readonly unknownTo?: PairLanguage | undefined;
}

const wide: CanonicalValue = { $int: "9007199254740993" };
const beyondLong: CanonicalValue = { $int: "9223372036854775808" };

const rows: readonly (readonly [
  kind: string,
  values: readonly CanonicalValue[],
  to: NativeLanguage,
  type: string,
  message: string,
  unknownTo?: PairLanguage,
])[] = [
  // Text is never parsed.
  ["text", ["3"], "py", "int", "values[0]: a text has no converter to py\\list<int>"],
  ["text", ["3"], "js", "number", "values[0]: a text has no converter to js\\Array<number>"],
  ["text", ["3"], "rust", "i64", "values[0]: a text has no converter to rust\\Vec<i64>"],
  ["text", ["3"], "cpp", "long", "values[0]: a text has no converter to cpp\\vector<long>"],
  // Numbers are never printed.
  ["int", [3], "py", "str", "values[0]: an int has no converter to py\\list<str>"],
  ["int", [3], "js", "string", "values[0]: an int has no converter to js\\Array<string>"],
  ["int", [3], "rust", "String", "values[0]: an int has no converter to rust\\Vec<String>"],
  ["int", [3], "cpp", "string", "values[0]: an int has no converter to cpp\\vector<string>"],
  // A boolean is no number, also where the language takes it for one.
  ["bool", [true], "py", "int", "values[0]: a boolean has no converter to py\\list<int>"],
  ["bool", [true], "js", "number", "values[0]: a boolean has no converter to js\\Array<number>"],
  ["bool", [true], "rust", "i64", "values[0]: a boolean has no converter to rust\\Vec<i64>"],
  ["bool", [true], "cpp", "long", "values[0]: a boolean has no converter to cpp\\vector<long>"],
  // A float is never cut to an int.
  ["float", [0.5], "py", "int", "values[0]: a float has no converter to py\\list<int>"],
  ["float", [0.5], "js", "bigint", "values[0]: a float has no converter to js\\Array<bigint>"],
  ["float", [0.5], "rust", "i64", "values[0]: a float has no converter to rust\\Vec<i64>"],
  ["float", [0.5], "cpp", "long", "values[0]: a float has no converter to cpp\\vector<long>"],
  // An int that no float is.
  ["int", [1, wide], "py", "float", "values[1]: the int 9007199254740993 has no exact float"],
  ["int", [1, wide], "rust", "f64", "values[1]: the int 9007199254740993 has no exact float"],
  ["int", [1, wide], "cpp", "double", "values[1]: the int 9007199254740993 has no exact float"],
  // Ints that the bits do not hold.
  ["int", [127, 128], "rust", "i8", "values[1]: the int 128 does not fit i8"],
  ["int", [0, -1], "rust", "u64", "values[1]: the int -1 does not fit u64"],
  ["int", [2147483647, 2147483648], "cpp", "int", "values[1]: the int 2147483648 does not fit 32 bits"],
  ["bigint", [beyondLong], "rust", "i64", "values[0]: the int 9223372036854775808 does not fit i64"],
  ["bigint", [beyondLong], "cpp", "long", "values[0]: the int 9223372036854775808 does not fit 64 bits"],
  [
    "float",
    [1e39, 1.5e300].map((value) => ({ $float: String(value) })),
    "rust",
    "f32",
    "values[0]: the float 1e39 does not fit f32",
  ],
  // None where nothing is optional.
  ["optional", [1, null], "py", "int", "values[1]: None has no converter to py\\list<int>"],
  ["optional", [1, null], "js", "number", "values[1]: None has no converter to js\\Array<number>"],
  ["optional", [1, null], "rust", "i64", "values[1]: None has no converter to rust\\Vec<i64>"],
  ["optional", [1, null], "cpp", "long", "values[1]: None has no converter to cpp\\vector<long>"],
  // Another length.
  ["list", [["a"]], "py", "tuple<str,str>", "values[0]: 1 elements where py\\list<tuple<str,str>> takes 2"],
  ["list", [["a", "b"], ["a"]], "rust", "[String;2]", "values[1]: 1 elements where the array takes 2"],
  ["list", [["a", "b"], ["a"]], "cpp", "array<string,2>", "values[1]: 1 elements where the array takes 2"],
  // What the language's own maps and times cannot tell apart or hold.
  ["map", [{ a: 1 }], "py", "dict<int,int>", "values[0].a: a text has no converter to py\\list<dict<int,int>>"],
  [
    "map",
    [{ a: 1 }],
    "rust",
    "HashMap<i64,i64>",
    "values[0].a: a text has no converter to rust\\Vec<HashMap<i64,i64>>",
  ],
  ["map", [{ a: 1 }], "cpp", "map<long,long>", "values[0].a: a text has no converter to cpp\\vector<map<long,long>>"],
  [
    "duration",
    [{ $duration: { months: 1, seconds: 0 } }],
    "py",
    "timedelta",
    "values[0]: a duration with years or months has no converter: their length depends on the day",
  ],
  [
    "duration",
    [{ $duration: { months: 0, seconds: 0.0000005 } }],
    "py",
    "timedelta",
    "values[0]: 5e-07 seconds are no whole number of microseconds, which a timedelta holds",
  ],
  [
    "anything",
    [
      {
        a: {
          $map: [
            [1, "int"],
            [true, "boolean"],
          ],
        },
      },
    ],
    "py",
    "object",
    "values[0].a: two keys of the map are the same to Python",
  ],
  ["anything", [{ $map: [[[1], "x"]] }], "py", "object", "values[0]: a list cannot be the key of a dict"],
  [
    "datetime",
    [{ $datetime: "0000-01-01T00:00:00Z" }],
    "py",
    "datetime",
    "values[0]: 0000-01-01T00:00:00Z is outside the years 1 to 9999 that Python can hold",
  ],
  [
    "anything",
    [
      {
        a: {
          $map: [
            [1, "int"],
            [{ $float: "1" }, "float"],
          ],
        },
      },
    ],
    "js",
    "object",
    "values[0].a: two keys of the map are the same to JavaScript",
    "py",
  ],
];

export const misfits: readonly MisfitRow[] = rows.map(([kind, values, to, type, message, unknownTo]) => ({
  kind,
  values,
  to,
  type,
  message,
  unknownTo,
}));
