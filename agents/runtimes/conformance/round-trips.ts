/** Values of each kind that survive the way into a language and back. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { ConformanceKind } from "./case.ts";

export const roundTrips: Readonly<Record<ConformanceKind, readonly CanonicalValue[]>> = {
  bool: [true, false],
  int: [0, -1, 9007199254740991, { $int: "9007199254740993" }, { $int: "-9223372036854775808" }],
  largeInt: [{ $int: "18446744073709551615" }],
  unboundedInt: [{ $int: "-123456789012345678901234567890" }],
  float: [
    ...[0.1, -2.5e-300, 5e-324],
    ...["1", "-0", "NaN", "Infinity", "-Infinity", "1e+22", "1.7976931348623157e+308"].map(($float) => ({ $float })),
  ],
  text: ["", "plain", 'quotes " and $ and \\ and \u0000', "\u{1F600} \u{10FFFF} \u2028", "\b\f\n\r\t\u007f"],
  bytes: [{ $bytes: "" }, { $bytes: "AP+A" }, { $bytes: "AA==" }, { $bytes: "+/8=" }],
  datetime: [{ $datetime: "2026-01-15T10:30:00Z" }, { $datetime: "1969-12-31T23:59:59.5Z" }],
  ints: [[], [1, -2, { $int: "9007199254740993" }]],
  floats: [[], [1.5, { $float: "2" }, { $float: "-0" }]],
  map: [{}, { a: 1, "": 2 }, { ["__proto__"]: 1, constructor: 2 }],
  taggedMap: [{ $map: [["$int", 1]] }],
  intMap: [
    {
      $map: [
        [-1, "one"],
        [2, "two"],
      ],
    },
  ],
  mixedMap: [
    {
      $map: [
        [1, "one"],
        ["1", "text"],
        [{ $bytes: "AQ==" }, true],
      ],
    },
  ],
  optional: [null, 5],
  array: [[1, 2, 3]],
  nested: [[], [{}], [{ a: [1, null], b: [] }, {}]],
  mixed: [
    null,
    [[], {}, [null]],
    { a: [1, { $float: "2" }, { $bytes: "AQ==" }], b: { c: { $int: "18446744073709551616" } } },
  ],
};
