import type { CanonicalValue } from "@polyglot/contracts";
import type { Case } from "../case.ts";
import { on, program, py, say, set, text, u, v, when } from "../program.ts";

type Values = readonly CanonicalValue[];

const gives = (name: string, given: Values, result: CanonicalValue): Case => ({
  title: `${name} of ${given.map((value) => JSON.stringify(value)).join(", ")} is ${JSON.stringify(result)}`,
  plan: program({ run: [u(name, given, ["r"])], outputs: ["r"] }),
  expect: { outputs: { r: result } },
});

const refuses = (name: string, given: Values, type: string, message?: string): Case => ({
  title: `${name} of ${given.map((value) => JSON.stringify(value)).join(", ")} is a ${type}`,
  plan: program({ run: [u(name, given, ["r"])] }),
  expect: {
    outcome: "failed",
    error: { type: `pg\\!${type}`, step: name, ...(message === undefined ? {} : { message }) },
  },
});

const float = (digits: string) => ({ $float: digits });
const datetime = (iso: string) => ({ $datetime: iso });
const duration = (seconds: number, months = 0) => ({ $duration: { months, seconds } });

export const library: readonly Case[] = [
  gives("U.String.Contains", ["abc", "b"], true),
  gives("U.String.StartsWith", ["abc", "b"], false),
  gives("U.String.EndsWith", ["abc", "bc"], true),
  gives("U.String.IsEmpty", [""], true),
  gives("U.String.Normalize", ["e\u0301"], "\u00e9"),
  gives("U.String.ToUpperCase", ["straße"], "STRASSE"),
  gives("U.String.ToLowerCase", ["ABC"], "abc"),
  gives("U.String.Trim", ["  a \n"], "a"),
  gives("U.String.Split", ["a,b,,c", ","], ["a", "b", "", "c"]),
  gives("U.String.Split", ["a\u{1F600}", ""], ["a", "\u{1F600}"]),
  gives("U.String.Join", [["a", 1, null, float("2")], "-"], "a-1-None-2.0"),
  gives("U.String.Join", [["a", "b"]], "ab"),
  gives("U.String.Replace", ["a$a", "a", "$&"], "$&$$&"),
  gives("U.String.Format", ["{who} has {0}{x y}", { who: "she", "0": [1] }], "she has [1]{x y}"),
  gives("U.String.Format", ["{1}{0}", ["a", "b"]], "ba"),
  gives("U.String.Length", ["a\u{1F600}"], 2),
  refuses("U.String.Length", [5], "ConversionError", "'text' is to be a text, and is an int"),
  refuses("U.String.Format", ["{nobody}", {}], "RuntimeError", "no value is named 'nobody'"),
  refuses("U.String.Join", [[{ $bytes: "AA==" }]], "ConversionError", "bytes has no form in text"),
  gives("U.Boolean.And", [true, false], false),
  gives("U.Boolean.Or", [true, false], true),
  gives("U.Boolean.Xor", [true, true], false),
  gives("U.Boolean.Not", [false], true),
  gives("U.Boolean.True", [], true),
  gives("U.Boolean.False", [], false),
  refuses("U.Boolean.Not", ["True"], "ConversionError"),
  gives("U.Compare.Equal", [1, float("1")], true),
  gives(
    "U.Compare.Equal",
    [
      [1, { a: float("1") }],
      [float("1"), { a: 1 }],
    ],
    true,
  ),
  gives("U.Compare.NotEqual", ["a", "b"], true),
  gives("U.Compare.GreaterThan", [{ $int: "9007199254740993" }, { $int: "9007199254740992" }], true),
  gives("U.Compare.LessThan", ["a", "b"], true),
  gives("U.Compare.GreaterOrEqual", [datetime("2026-01-01T00:00:00.5Z"), datetime("2026-01-01T00:00:00Z")], true),
  gives("U.Compare.LessOrEqual", [duration(5), duration(4.5)], false),
  gives("U.Compare.LessThan", [float("NaN"), 1], false),
  refuses("U.Compare.LessThan", ["1", 2], "ConversionError"),
  refuses("U.Compare.LessThan", [duration(0, 1), duration(5)], "ConversionError"),
  gives("U.Math.Add", [1, 2.5], 3.5),
  gives("U.Math.Add", [1, 2], float("3")),
  gives("U.Math.Subtract", [1, 3], float("-2")),
  gives("U.Math.Multiply", [3, 0.5], 1.5),
  gives("U.Math.Divide", [1, 4], 0.25),
  gives("U.Math.Modulo", [-1, 3], float("2")),
  gives("U.Math.Min", [2, 1], float("1")),
  gives("U.Math.Max", [2, 1], float("2")),
  gives("U.Math.Round", [2.5], float("3")),
  gives("U.Math.Round", [-2.5], float("-3")),
  gives("U.Math.Round", [1.005, 2], 1.01),
  gives("U.Math.Round", [1e-7, 3], float("0")),
  refuses("U.Math.Divide", [1, 0], "RuntimeError", "division by zero"),
  refuses("U.Math.Round", [1, 99], "ValidationError"),
  gives("U.IntRange", [1, null], { $range: [1, null] }),
  gives("U.FloatRange", [0.5, 2], { $range: [0.5, 2] }),
  refuses("U.IntRange", [1, 2.5], "ConversionError", "the ends of a range are integers or None"),
  gives("U.Collection.Contains", [[1, 2], float("2")], true),
  gives("U.Collection.Contains", [{ a: 1 }, "a"], true),
  gives("U.Collection.Contains", ["abc", "bc"], true),
  gives("U.Collection.IsEmpty", [{}], true),
  gives("U.Collection.Size", [{ $map: [[1, 2]] }], 1),
  gives("U.Collection.SizeEquals", [[1, 2], 2], true),
  gives("U.Collection.SizeGreaterThan", [[1, 2], 2], false),
  gives("U.Collection.First", [[3, 4]], 3),
  gives("U.Collection.Last", [[3, 4]], 4),
  gives("U.Collection.Get", [[3, 4], 1], 4),
  gives("U.Collection.Get", [{ $map: [[1, "one"]] }, 1], "one"),
  gives("U.Collection.Set", [[3, 4], 0, "x"], ["x", 4]),
  gives("U.Collection.Set", [{ a: 1 }, "b", 2], { a: 1, b: 2 }),
  gives("U.Collection.Set", [{ a: 1 }, "$int", "2"], {
    $map: [
      ["a", 1],
      ["$int", "2"],
    ],
  }),
  gives("U.Collection.Append", [[1], [2]], [1, [2]]),
  gives("U.Collection.Sort", [[3, 1.5, float("2")]], [1.5, float("2"), 3]),
  gives("U.Collection.Sort", [[{ n: 2 }, { n: 1 }], "n"], [{ n: 1 }, { n: 2 }]),
  refuses("U.Collection.Sort", [[1, "a"]], "ConversionError"),
  refuses("U.Collection.First", [[]], "RuntimeError", "the list is empty"),
  refuses("U.Collection.Get", [[1], 1], "RuntimeError", "1 is no index of a list of 1: they count from 0"),
  refuses("U.Collection.Get", [{}, "__proto__"], "RuntimeError"),
  refuses("U.Collection.Size", [5], "ConversionError"),
  gives("U.Json.Parse", ['{"a":[1,1.0,9007199254740993,1e400,-0.0,null]}'], {
    a: [1, float("1"), { $int: "9007199254740993" }, float("Infinity"), float("-0"), null],
  }),
  gives("U.Json.Parse", ['{"$int":"5"}'], { $map: [["$int", "5"]] }),
  gives("U.Json.Stringify", [{ a: [float("1"), { $int: "9007199254740993" }] }], '{"a":[1.0,9007199254740993]}'),
  gives("U.Json.Get", [{ rows: [{ name: "x" }] }, "rows.0.name"], "x"),
  refuses("U.Json.Parse", ["{"], "ConversionError"),
  refuses("U.Json.Get", [{ a: 1 }, "a.b"], "RuntimeError", "'a.b' leads nowhere at 'b'"),
  refuses("U.Json.Stringify", [{ $bytes: "AA==" }], "ConversionError"),
  gives("U.Time.Add", [datetime("2026-01-31T10:00:00Z"), duration(0.5, 1)], datetime("2026-02-28T10:00:00.5Z")),
  gives(
    "U.Time.Add",
    [datetime("2024-02-29T00:00:00.123456789Z"), duration(0, -12)],
    datetime("2023-02-28T00:00:00.123456789Z"),
  ),
  gives("U.Time.Diff", [datetime("2026-01-01T00:00:00Z"), datetime("2025-12-31T23:59:58.5Z")], duration(-1.5)),
  refuses("U.Sleep", [duration(0, 1)], "ConversionError"),
  refuses("U.Error.Raise", ["boom"], "RuntimeError", "boom"),
  refuses("U.Error.Raise", ["boom", "pg\\!DependencyError"], "DependencyError", "boom"),
  refuses("U.Error.Raise", ["boom", "pg\\!KilledError"], "ValidationError"),
  refuses("U.Error.Raise", ["boom", "nonsense"], "ValidationError"),
  refuses(
    "U.Error.Aggregate",
    [["a", { type: "py\\!KeyError", message: "k" }]],
    "RuntimeError",
    "2 errors: a; py\\!KeyError: k",
  ),
  refuses("U.Assert", [false], "ValidationError", "the assertion does not hold"),
  refuses("U.Assert", [false, "too small"], "ValidationError", "too small"),
  {
    title: "an error that a line raises in the name of a language is taken by that language's handlers",
    plan: program({
      run: [u("U.Error.Raise", ["boom", "py\\!ValueError"], [], { handlers: [on("py\\!ValueError", [say("taken")])] })],
    }),
    expect: { said: ["taken"] },
  },
  {
    title: "an assertion that holds, and an aggregate of nothing, raise nothing",
    plan: program({ run: [u("U.Assert", [true, "x"]), u("U.Error.Aggregate", [[]]), say("after")] }),
    expect: { said: ["after"] },
  },
  {
    title: "an error is logged with its type",
    plan: program({
      run: [py("fail", ["ValueError", "boom"], [], { handlers: [on("pg\\!Any", [u("U.Error.Log", [v("e")])], "e")] })],
    }),
    expect: { said: ["py\\!ValueError: boom"] },
  },
  {
    title: "a log line may say its level, and reads values as text does",
    plan: program({ run: [u("U.Log", [{ $enum: "std#LogLevel.Warning" }, [1, null]]), u("U.Console.Print", ["x"])] }),
    expect: { said: ["[1,null]", "x"] },
  },
  {
    title: "a log level that there is not is an error",
    plan: program({ run: [u("U.Log", ["loud", "x"])] }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError" } },
  },
  {
    title: "a range of the library is what a switch compares with",
    plan: program({
      run: [u("U.IntRange", [1, 5], ["r"]), set("x", 3), when(v("x"), v("r"), [say(text("{x} in {r}"))])],
    }),
    expect: { said: ["3 in [1,5]"] },
  },
  {
    title: "a sleep ends with a kill",
    plan: program({ run: [u("U.Sleep", [duration(600)])], queue: { kill: { timeout_seconds: 0.1 } } }),
    expect: { outcome: "killed", error: { type: "pg\\!TimeoutError" } },
  },
  {
    title: "U.Exit leaves the run like an [x] line, with 0 where nothing is said",
    plan: program({ run: [u("U.Exit", []), say("never")], cleanup: [say("cleanup")] }),
    expect: { exitCode: 0, said: ["cleanup"] },
  },
  {
    title: "U.Exit with a code fails the run",
    plan: program({ run: [u("U.Exit", [3])] }),
    expect: { outcome: "failed", exitCode: 3 },
  },
  {
    title: "a short sleep and the time",
    plan: program({
      run: [
        u("U.Time.Now", [], ["a"]),
        u("U.Sleep", [duration(0.002)]),
        u("U.Time.Now", [], ["b"]),
        u("U.Compare.GreaterThan", [v("b"), v("a")], ["later"]),
      ],
      outputs: ["later"],
    }),
    expect: { outputs: { later: true } },
  },
  {
    title: "arguments become the types that the library takes",
    plan: program({ run: [u("U.Math.Add", [1, 2], ["r: pg\\float"], { to: "pg\\float" })], outputs: ["r"] }),
    expect: { outputs: { r: float("3") } },
  },
];
