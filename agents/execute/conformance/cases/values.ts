import type { Case } from "../case.ts";
import { input, js, literal, out, program, py, set, text, v } from "../program.ts";

const interpolated = (template: string, value: Parameters<typeof literal>[0], expected: string): Case => ({
  title: `in text, ${JSON.stringify(value)} reads ${JSON.stringify(expected)}`,
  plan: program({ run: [set("x", value), set("said", text(template))], outputs: ["said"] }),
  expect: { outputs: { said: expected } },
});

const notText = (value: Parameters<typeof literal>[0], what: string): Case => ({
  title: `${what} has no form in text`,
  plan: program({ run: [set("x", value), set("said", text("{x}"))] }),
  expect: {
    outcome: "failed",
    error: {
      type: "pg\\!ConversionError",
      message: `'x' is or holds ${what}, which has no form in text`,
      step: "set-said",
    },
  },
});

const throughBoth = (value: Parameters<typeof literal>[0]): Case => ({
  title: `${JSON.stringify(value)} survives Python and JavaScript`,
  plan: program({ run: [set("x", value), py("echo", [v("x")], ["a"]), js("echo", [v("a")], ["b"])], outputs: ["b"] }),
  expect: { outputs: { b: value } },
});

export const values: readonly Case[] = [
  interpolated("a {x} b", "text", "a text b"),
  interpolated("{x}", 3, "3"),
  interpolated("{x}", 2.5, "2.5"),
  interpolated("{x}", { $float: "1" }, "1.0"),
  interpolated("{x}", { $float: "-0" }, "-0.0"),
  interpolated("{x}", { $float: "NaN" }, "NaN"),
  interpolated("{x}", { $int: "9007199254740993" }, "9007199254740993"),
  interpolated("{x}{x}", true, "TrueTrue"),
  interpolated("{x}", null, "None"),
  interpolated("{x}", { $datetime: "2026-01-15T10:30:00Z" }, "2026-01-15T10:30:00Z"),
  interpolated("{x}", { $duration: { months: 14, seconds: 0 } }, "P14M"),
  interpolated("{x}", { $duration: { months: 0, seconds: 1.5 } }, "PT1.5S"),
  interpolated("{x}", { $enum: "a>b#Quality.Good" }, "Quality.Good"),
  interpolated("{x}", [1, "two", null], '[1,"two",null]'),
  interpolated("{x}", { a: [true], b: { $float: "1" } }, '{"a":[true],"b":1.0}'),
  interpolated("{x}", { $map: [[1, "one"]] }, '{"1":"one"}'),
  interpolated("{x}", { when: { $datetime: "2026-01-15T10:30:00Z" } }, '{"when":"2026-01-15T10:30:00Z"}'),
  interpolated("{x}", JSON.parse(`{"__proto__":1}`), `{"__proto__":1}`),
  interpolated("{x.a.b}", { a: { b: "deep" } }, "deep"),
  notText({ $bytes: "AA==" }, "bytes"),
  notText([{ $bytes: "AA==" }], "bytes"),
  notText({ $handle: "h" }, "a handle"),
  throughBoth("𝔘nicode \u{1F600}"),
  throughBoth({ $int: "9007199254740993" }),
  throughBoth({ $float: "NaN" }),
  throughBoth({ $float: "-0" }),
  throughBoth([]),
  throughBoth({}),
  throughBoth([[1, [2, [3]]], { a: { b: null } }]),
  throughBoth({ $bytes: "AP8=" }),
  throughBoth({ $datetime: "2026-01-15T10:30:00Z" }),
  {
    title: "a list and a map are built from variables",
    plan: program({
      inputs: [input("a")],
      run: [
        set("x", {
          kind: "map",
          entries: [
            ["list", { kind: "list", items: [v("a"), literal(2)] }],
            ["text", text("<{a}>")],
          ],
        }),
      ],
      outputs: ["x"],
    }),
    inputs: { a: 1 },
    expect: { outputs: { x: { list: [1, 2], text: "<1>" } } },
  },
  {
    title: "a map whose key looks like a tag stays a map",
    plan: program({
      run: [set("x", { kind: "map", entries: [["$int", literal("5")]] }), set("y", v("x.$int"))],
      outputs: ["x", "y"],
    }),
    expect: { outputs: { x: { $map: [["$int", "5"]] }, y: "5" } },
  },
  {
    title: "a field that is not there is an error that names it",
    plan: program({ run: [set("x", { a: 1 }), set("y", v("x.b"))] }),
    expect: { outcome: "failed", error: { type: "pg\\!RuntimeError", message: "'x' has no field 'b'", step: "set-y" } },
  },
  {
    title: "what has no fields says what it is",
    plan: program({ run: [set("x", { a: "t" }), set("y", v("x.a.b"))] }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!RuntimeError", message: "'x.a' is a string and has no fields; 'b' was asked of it" },
    },
  },
  {
    title: "what every object of JavaScript inherits is no field",
    plan: program({ run: [set("x", {}), set("y", v("x.constructor"))] }),
    expect: { outcome: "failed", error: { type: "pg\\!RuntimeError", message: "'x' has no field 'constructor'" } },
  },
  {
    title: "an int becomes a float where a float is asked for",
    plan: program({ run: [set("x", 1, "pg\\int", "pg\\float")], outputs: ["x"] }),
    expect: { outputs: { x: { $float: "1" } } },
  },
  {
    title: "a value that does not fit the type that its result states is a conversion error",
    plan: program({ run: [py("echo", ["text"], ["x: pg\\int"])] }),
    expect: { outcome: "failed", error: { type: "pg\\!ConversionError", step: "echo" } },
  },
  {
    title: "arguments go by position and by name",
    plan: program({
      run: [py("pair", [1], ["a", "b"], { named: { b: 2 } }), js("add", [v("a"), v("b")], ["sum"])],
      outputs: ["sum"],
    }),
    expect: { outputs: { sum: 3 } },
  },
  {
    title: "an async function is awaited",
    plan: program({ run: [js("later", [5], ["x"])], outputs: ["x"] }),
    expect: { outputs: { x: 5 } },
  },
  {
    title: "an output's value is its default: a variable of its name comes first",
    plan: program({ run: [set("x", 1)], outputs: [out("x", 2), out("y", v("x"))] }),
    expect: { outputs: { x: 1, y: 1 } },
  },
];
