/** Patterns, and texts that hold values: YAML and tables. */
import type { Case } from "../case.ts";
import { datetime, duration, float, gives, refuses } from "../library-case.ts";

const face = "\u{1F600}";

const patterns: readonly Case[] = [
  gives("U.String.Matches", ["order 42", "\\d+"], true),
  gives("U.String.Matches", ["order 42", "^\\d+$"], false),
  gives("U.String.Matches", ["", "^$"], true),
  gives("U.String.Matches", [face, "^.$"], true),
  gives("U.String.Matches", ["Straße", "(?i)STRA\u00dfE"], true),
  gives("U.String.Matches", ["a".repeat(5000), "(a*)*b"], false),
  refuses(
    "U.String.Matches",
    ["x", "(a"],
    "ValidationError",
    "'pattern' is no pattern of RE2: error parsing regexp: missing closing ): `(a`",
  ),
  refuses("U.String.Matches", ["x", "(x)\\1"], "ValidationError"),
  refuses("U.String.Matches", [5, "x"], "ConversionError", "'text' is to be a text, and is an int"),
];

const yaml: readonly Case[] = [
  gives("U.Yaml.Parse", ["a: 1\nb: 1.0\nc: [x, ~, .nan, -0.0, 0x1F]\n"], {
    a: 1,
    b: float("1"),
    c: ["x", null, float("NaN"), float("-0"), 31],
  }),
  gives("U.Yaml.Parse", ["12345678901234567890"], { $int: "12345678901234567890" }),
  gives("U.Yaml.Parse", ["day: 2026-01-15\nyes: no\n"], { day: "2026-01-15", yes: "no" }),
  gives("U.Yaml.Parse", ["1: one\n"], { $map: [[1, "one"]] }),
  gives("U.Yaml.Parse", ["$int: five\n"], { $map: [["$int", "five"]] }),
  gives("U.Yaml.Parse", ["a: &x [1]\nb: *x\n"], { a: [1], b: [1] }),
  gives("U.Yaml.Parse", ["a: !!binary aGk=\n"], { a: { $bytes: "aGk=" } }),
  gives("U.Yaml.Parse", [""], null),
  refuses(
    "U.Yaml.Parse",
    ["a: 1\na: 2\n"],
    "ConversionError",
    "the text is not YAML 1.2: Map keys must be unique at line 2, column 1",
  ),
  refuses("U.Yaml.Parse", ["- b: 1\n  b: 1\n"], "ConversionError"),
  gives("U.Yaml.Parse", ['1: a\n"1": b\n'], {
    $map: [
      [1, "a"],
      ["1", "b"],
    ],
  }),
  refuses("U.Yaml.Parse", ["a: !secret 1\n"], "ConversionError"),
  refuses("U.Yaml.Parse", ["a\n---\nb\n"], "ConversionError"),
  refuses("U.Yaml.Parse", ["[".repeat(20_000)], "ConversionError"),
  refuses("U.Yaml.Parse", ["&a [*a]"], "ConversionError", "the text is not YAML 1.2: it nests more than 100 deep"),
  refuses(
    "U.Yaml.Parse",
    [
      [
        "a0: &a0 [1]",
        ...Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}]`),
      ].join("\n"),
    ],
    "ConversionError",
  ),
  gives(
    "U.Yaml.Stringify",
    [
      {
        text: "1",
        yes: "true",
        float: float("1"),
        zero: float("-0"),
        none: null,
        list: [1, { $int: "9007199254740993" }],
      },
    ],
    'text: "1"\nyes: "true"\nfloat: 1.0\nzero: -0.0\nnone: null\nlist:\n  - 1\n  - 9007199254740993\n',
  ),
  gives("U.Yaml.Stringify", [{ $map: [[1, face]] }], `1: ${face}\n`),
  gives("U.Yaml.Stringify", [[datetime("2026-01-15T10:30:00Z"), duration(1.5)]], "- 2026-01-15T10:30:00Z\n- PT1.5S\n"),
  gives("U.Yaml.Stringify", [{ $range: [1, null] }], "- 1\n- null\n"),
  refuses("U.Yaml.Stringify", [[{ $bytes: "AA==" }]], "ConversionError", "bytes has no form in YAML"),
];

const tables: readonly Case[] = [
  gives(
    "U.Csv.Parse",
    [`name,age\n"O'Neil, ""Jo""",007\n${face},\n`],
    [
      { name: `O'Neil, "Jo"`, age: "007" },
      { name: face, age: "" },
    ],
  ),
  gives("U.Csv.Parse", ["\ufeffa;b\r\n1;2\r\n", ";"], [{ a: "1", b: "2" }]),
  gives(
    "U.Csv.Parse",
    ["1,2\n\n3,4", ",", false],
    [
      ["1", "2"],
      ["3", "4"],
    ],
  ),
  gives("U.Csv.Parse", ["$int\n5\n"], [{ $map: [["$int", "5"]] }]),
  gives("U.Csv.Parse", [""], []),
  refuses("U.Csv.Parse", ["a,a\n1,2\n"], "ConversionError", "the header has two columns 'a'"),
  refuses("U.Csv.Parse", ["a,b\n1\n"], "ConversionError"),
  refuses("U.Csv.Parse", ['a\n"1\n'], "ConversionError"),
  refuses(
    "U.Csv.Parse",
    ["a", "::"],
    "ValidationError",
    "'delimiter' is one character, no quote and no line end; got \"::\"",
  ),
  gives(
    "U.Csv.Stringify",
    [
      [
        { a: 1, b: "x,y" },
        { a: null, c: [1, { d: true }] },
      ],
    ],
    'a,b,c\n1,"x,y",\n,,"[1,{""d"":true}]"\n',
  ),
  gives(
    "U.Csv.Stringify",
    [
      [
        ["a", float("1")],
        [{ $int: "9007199254740993" }, true],
      ],
      ";",
    ],
    "a;1.0\n9007199254740993;True\n",
  ),
  gives("U.Csv.Stringify", [[{ a: 1 }], ",", false], "1\n"),
  gives("U.Csv.Stringify", [[]], ""),
  refuses(
    "U.Csv.Stringify",
    [[{ a: 1 }, 5]],
    "ConversionError",
    "'rows'[1] is to be a map, as the others are, and is an int",
  ),
  refuses(
    "U.Csv.Stringify",
    [[{ $map: [[1, 2]] }]],
    "ConversionError",
    "a column's name is to be a text, and is an int",
  ),
];

export const texts: readonly Case[] = [...patterns, ...yaml, ...tables];
