import type { CanonicalValue } from "@polyglot/contracts";
import type { Case } from "../case.ts";
import { give, on, otherwise, out, program, py, say, set, v, when, whenCall } from "../program.ts";

const matches = (value: CanonicalValue, against: CanonicalValue, expected: boolean): Case => ({
  title: `${JSON.stringify(value)} ${expected ? "is" : "is not"} ${JSON.stringify(against)}`,
  plan: program({ run: [set("x", value), when(v("x"), against, [say("yes")])] }),
  expect: { said: expected ? ["yes"] : [] },
});

export const switches: readonly Case[] = [
  matches("a", "a", true),
  matches("a", "b", false),
  matches(1, 1, true),
  matches(1, { $float: "1" }, true),
  matches(1, "1", false),
  matches(null, null, true),
  matches(null, false, false),
  matches([1, { a: 2 }], [1, { a: 2 }], true),
  matches({ a: 1, b: 2 }, { b: 2, a: 1 }, true),
  matches({ $enum: "n#Quality.Good" }, { $enum: "n#Quality.Good" }, true),
  matches({ $int: "9007199254740993" }, { $int: "9007199254740993" }, true),
  matches(5, { $range: [1, 5] }, true),
  matches(1, { $range: [1, 5] }, true),
  matches(6, { $range: [1, 5] }, false),
  matches(2.5, { $range: [2, 3] }, true),
  matches({ $float: "2" }, { $range: [2, null] }, true),
  matches(-10, { $range: [null, 0] }, true),
  matches({ $int: "9007199254740993" }, { $range: [{ $int: "9007199254740992" }, null] }, true),
  matches("3", { $range: [1, 5] }, false),
  {
    title: "switches are not exclusive: each is tested when it is reached",
    plan: program({
      run: [
        set("x", 1),
        when(v("x"), 1, [say("one"), set("x", 2)], "first"),
        when(v("x"), 2, [say("two")], "second"),
        when(v("x"), 3, [say("three")], "third"),
      ],
    }),
    expect: { said: ["one", "two"] },
  },
  {
    title: "Default runs when none before it matched",
    plan: program({
      run: [
        set("x", 9),
        when(v("x"), 1, [say("one")], "first", "first"),
        when(v("x"), 2, [say("two")], "second", "first"),
        otherwise("first", [say("other")]),
      ],
    }),
    expect: { said: ["other"] },
  },
  {
    title: "Default does not run when a later one of its row matched",
    plan: program({
      run: [
        set("x", 2),
        when(v("x"), 1, [say("one")], "first", "first"),
        when(v("x"), 2, [say("two")], "second", "first"),
        otherwise("first", [say("other")]),
      ],
    }),
    expect: { said: ["two"] },
  },
  {
    title: "a default looks at its own row, and at all of it that was reached",
    plan: program({
      run: [
        set("x", 1),
        set("y", 1),
        when(v("x"), 1, [say("x is 1")], "x", "x"),
        when(v("y"), 2, [say("y is 2")], "y", "y"),
        otherwise("y", [say("y is other"), set("x", 3)]),
        when(v("x"), 4, [say("x is 4")], "later", "x"),
        otherwise("x", [say("x is other")]),
      ],
    }),
    expect: { said: ["x is 1", "y is other"] },
  },
  {
    title: "Default does not run when one before it matched, whatever that one did to the variable",
    plan: program({
      run: [set("x", 1), when(v("x"), 1, [set("x", 9)], "first", "first"), otherwise("first", [say("other")])],
    }),
    expect: { said: [] },
  },
  {
    title: "a switch opens no scope",
    plan: program({ run: [set("x", 1), when(v("x"), 1, [set("y", "bound")])], outputs: ["y"] }),
    expect: { outputs: { y: "bound" } },
  },
  {
    title: "an output inside of a switch sets it and ends nothing",
    plan: program({
      run: [set("x", 1), when(v("x"), 1, [give("y", "set"), say("goes on")]), say("after")],
      outputs: [out("y", "default")],
    }),
    expect: { outputs: { y: "set" }, said: ["goes on", "after"] },
  },
  {
    title: "an output whose switch is not taken has its default",
    plan: program({ run: [set("x", 2), when(v("x"), 1, [give("y", "set")])], outputs: [out("y", "default")] }),
    expect: { outputs: { y: "default" } },
  },
  {
    title: "a call that answers True takes the branch",
    plan: program({ run: [whenCall(py("is_big", [11]), [say("big")])] }),
    expect: { said: ["big"] },
  },
  {
    title: "a call that answers False does not",
    plan: program({ run: [whenCall(py("is_big", [1]), [say("big")])] }),
    expect: { said: [] },
  },
  {
    title: "a call that answers neither is a conversion error",
    plan: program({ run: [whenCall(py("echo", ["yes"]), [say("big")])] }),
    expect: { outcome: "failed", error: { type: "pg\\!ConversionError", step: "echo" } },
  },
  {
    title: "an error of a switch's call goes to its handlers, and the branch is not taken",
    plan: program({
      run: [
        whenCall(py("fail", ["ValueError", "x"], [], { handlers: [on("pg\\!Any", [say("handled")])] }), [say("taken")]),
        say("after"),
      ],
    }),
    expect: { said: ["handled", "after"] },
  },
  {
    title: "nested switches",
    plan: program({
      run: [set("x", 1), when(v("x"), 1, [set("y", 2), when(v("y"), 2, [say("both")], "inner")], "outer")],
    }),
    expect: { said: ["both"] },
  },
];
