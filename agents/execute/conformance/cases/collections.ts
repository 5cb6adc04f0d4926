/** A pipeline for each item of a list. */
import type { Case } from "../case.ts";
import {
  callee,
  exit,
  fork,
  forkCall,
  input,
  items,
  join,
  on,
  otherwise,
  out,
  program,
  py,
  run,
  say,
  set,
  text,
  u,
  v,
  when,
} from "../program.ts";

const double = callee({ inputs: [input("x")], run: [py("add", [v("x"), v("x")], ["y"])], outputs: ["y"] });
const isBig = callee({ inputs: [input("x")], run: [py("is_big", [v("x")], ["big"])], outputs: ["big"] });
const sum = callee({
  inputs: [input("total"), input("x")],
  run: [u("U.Math.Add", [v("total"), v("x")], ["sum"])],
  outputs: ["sum"],
});
/** Fails for 3, says which others it had. */
const dislikesThree = callee({
  inputs: [input("x")],
  run: [when(v("x"), 3, [u("U.Error.Raise", ["not 3"])]), say(v("x"))],
  cleanup: [say(text("clean {x}"))],
});

const numbers = [1, 2, 3, 4];

export const collections: readonly Case[] = [
  {
    title: "a map gives the first result for each item, in their order, however many run at once",
    plan: program({
      run: [items("Map", [1, 5, 20], "Double", ["r"], { named: { parallel: 3 } })],
      outputs: ["r"],
      callees: { Double: double },
    }),
    expect: { outputs: { r: [2, 10, 40] } },
  },
  {
    title: "a list of nothing runs nothing",
    plan: program({
      run: [items("Map", [], "Double", ["r"]), items("Filter", [], "Double", ["f"]), items("ForEach", [], "Double")],
      outputs: ["r", "f"],
      callees: { Double: double },
    }),
    expect: { outputs: { r: [], f: [] }, steps: ["Map succeeded", "Filter succeeded", "ForEach succeeded"] },
  },
  {
    title: "a filter keeps the items for which its pipeline gives True",
    plan: program({
      run: [items("Filter", [5, 50, 7, 70], "IsBig", ["r"], { named: { parallel: 2 } })],
      outputs: ["r"],
      callees: { IsBig: isBig },
    }),
    expect: { outputs: { r: [50, 70] } },
  },
  {
    title: "a filter whose pipeline gives something else is an error of that item",
    plan: program({ run: [items("Filter", [5], "Double", ["r"])], callees: { Double: double } }),
    expect: { outcome: "failed", error: { type: "pg\\!ConversionError", step: "Filter[0]" } },
  },
  {
    title: "a fold begins with its start, or else with its first item",
    plan: program({
      run: [
        items("Reduce", numbers, "Sum", ["ten"]),
        items("Reduce", numbers, "Sum", ["more"], { named: { start: 0.5 } }),
        items("Reduce", [], "Sum", ["none"], { named: { start: null } }),
        items("Reduce", [7], "Sum", ["one"]),
      ],
      outputs: ["ten", "more", "none", "one"],
      callees: { Sum: sum },
    }),
    expect: { outputs: { ten: 10, more: 10.5, none: null, one: 7 } },
  },
  {
    title: "a fold of nothing without a start is an error",
    plan: program({ run: [items("Reduce", [], "Sum", ["r"])], callees: { Sum: sum } }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ValidationError", message: "'items' is empty, and there is no 'start'", step: "Reduce" },
    },
  },
  {
    title: "items are steps of their own, and those of their pipelines stand below them",
    plan: program({ run: [items("Map", [1, 2], "Double", ["r"])], outputs: ["r"], callees: { Double: double } }),
    expect: {
      outputs: { r: [2, 4] },
      steps: ["Map[0]/add succeeded", "Map[0] succeeded", "Map[1]/add succeeded", "Map[1] succeeded", "Map succeeded"],
    },
  },
  {
    title: "an error of an item is the step's, after that item's cleanup; no further item starts",
    plan: program({
      run: [
        items("ForEach", numbers, "DislikesThree", [], {
          handlers: [on("pg\\!RuntimeError", [say(text("{e.step}: {e.message}"))], "e")],
        }),
      ],
      callees: { DislikesThree: dislikesThree },
    }),
    expect: { said: ["1", "clean 1", "2", "clean 2", "clean 3", "ForEach[2]/U.Error.Raise: not 3"] },
  },
  {
    title: "the first error in the order of the items counts, whichever came first",
    plan: program({
      run: [items("ForEach", [0.05, 0], "FailAfter", [], { named: { parallel: 2 } })],
      callees: {
        FailAfter: callee({
          inputs: [input("wait")],
          run: [
            when(v("wait"), 0.05, [u("U.Sleep", [{ $duration: { months: 0, seconds: 0.05 } }])]),
            u("U.Error.Raise", [text("after {wait}")]),
          ],
        }),
      },
    }),
    expect: { outcome: "failed", error: { type: "pg\\!RuntimeError", message: "after 0.05" } },
  },
  {
    title: "items behind the first error are ended, and clean up",
    plan: program({
      run: [items("ForEach", ["fail", "hang"], "Either", [], { named: { parallel: 2 } })],
      callees: {
        Either: callee({
          inputs: [input("how")],
          run: [
            when(v("how"), "hang", [py("hang", [])]),
            when(v("how"), "fail", [
              u("U.Sleep", [{ $duration: { months: 0, seconds: 0.2 } }]),
              py("fail", ["KeyError", "k"]),
            ]),
          ],
          cleanup: [say(text("clean {how}"))],
        }),
      },
    }),
    expect: { outcome: "failed", error: { type: "py\\!KeyError", step: "ForEach[0]/fail" }, cleanup: "done" },
  },
  {
    title: "a retry runs all items again",
    plan: program({
      run: [
        items("ForEach", [1, 2], "Say", [], { handlers: [] }),
        items("ForEach", [3], "DislikesThree", [], {
          node: "again",
          handlers: [on("pg\\!Any", [u("U.Error.Retry", [1]), say("given up")])],
        }),
      ],
      callees: { Say: callee({ inputs: [input("x")], run: [say(v("x"))] }), DislikesThree: dislikesThree },
    }),
    expect: { said: ["1", "2", "clean 3", "clean 3", "given up"] },
  },
  {
    title: "an exit in an item ends the run, the other items included",
    plan: program({
      run: [items("ForEach", ["leave", "hang"], "Either", [], { named: { parallel: 2 } }), say("never")],
      cleanup: [say("main cleanup")],
      callees: {
        Either: callee({
          inputs: [input("how")],
          run: [
            when(v("how"), "hang", [py("hang", [])]),
            when(v("how"), "leave", [u("U.Sleep", [{ $duration: { months: 0, seconds: 0.2 } }]), exit(4)]),
          ],
        }),
      },
    }),
    expect: { outcome: "failed", exitCode: 4, neverSaid: [], cleanup: "done" },
  },
  {
    title: "a kill ends the items that run, and no further one starts",
    plan: program({
      run: [items("ForEach", numbers, "Hang", [], { named: { parallel: 2 } })],
      cleanup: [say("cleanup")],
      queue: { kill: { timeout_seconds: 0.5 } },
      callees: {
        Hang: callee({ inputs: [input("_")], run: [u("U.Sleep", [{ $duration: { months: 0, seconds: 600 } }])] }),
      },
    }),
    expect: {
      outcome: "killed",
      said: ["cleanup"],
      steps: [
        "ForEach[0]/U.Sleep cancelled",
        "ForEach[1]/U.Sleep cancelled",
        "ForEach[0] cancelled",
        "ForEach[1] cancelled",
        "ForEach cancelled",
        "say succeeded",
      ],
    },
  },
  {
    title: "a long list of short work lets a kill through",
    plan: program({
      run: [
        u("U.String.Split", ["x".repeat(100_000), ""], ["all"]),
        items("ForEach", v("all"), "Nothing", [], { named: { parallel: 2 } }),
      ],
      queue: { kill: { timeout_seconds: 0.05 } },
      callees: { Nothing: callee({ inputs: [input("_")] }) },
    }),
    expect: { outcome: "killed", error: { type: "pg\\!TimeoutError" } },
  },
  {
    title: "a map in a map, in a branch",
    plan: program({
      run: [
        fork("a", [items("Map", [[1, 2], [], [3]], "Row", ["r"], { named: { parallel: 2 } })], { outputs: [out("r")] }),
        forkCall("b", items("Map", [4], "Double", ["s"], { node: "Other" })),
        join("all", ["a", "b"]),
      ],
      outputs: ["r", "s"],
      callees: {
        Row: callee({ inputs: [input("row")], run: [items("Map", v("row"), "Double", ["r"])], outputs: ["r"] }),
        Double: double,
      },
    }),
    expect: { outputs: { r: [[2, 4], [], [6]], s: [8] } },
  },
  {
    title: "values of all kinds go through a map as they are",
    plan: program({
      run: [
        set("all", [
          null,
          { $float: "-0" },
          { $float: "NaN" },
          { $int: "9007199254740993" },
          "a\u{1F600}",
          [],
          {},
          { deep: { er: [1] } },
          { $map: [[1, { $bytes: "AA==" }]] },
          { $enum: "std#LogLevel.Info" },
        ]),
        items("Map", v("all"), "Keep", ["r"]),
        u("U.Compare.Equal", [v("all"), v("r")], ["same"]),
      ],
      outputs: ["r"],
      callees: { Keep: callee({ inputs: [input("x")], outputs: [out("r", v("x"))] }) },
    }),
    expect: {
      outputs: {
        r: [
          null,
          { $float: "-0" },
          { $float: "NaN" },
          { $int: "9007199254740993" },
          "a\u{1F600}",
          [],
          {},
          { deep: { er: [1] } },
          { $map: [[1, { $bytes: "AA==" }]] },
          { $enum: "std#LogLevel.Info" },
        ],
      },
    },
  },
  {
    title: "an item that does not fit the pipeline's input is that item's error",
    plan: program({
      run: [items("Map", [1, "two"], "Int", ["r"])],
      callees: { Int: callee({ inputs: [input("x", undefined, "pg\\int")], outputs: [out("r", v("x"))] }) },
    }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ConversionError", message: "x: a text has no converter to pg\\int", step: "Map[1]" },
    },
  },
  {
    title: "a test may ask a fold",
    plan: program({
      run: [
        items("Reduce", [1, 2], "Sum", ["three"]),
        when(v("three"), 3, [say("three")], "three", "three"),
        otherwise("three", [say("never")]),
        run("Sum", [1, 1], ["two"]),
      ],
      outputs: ["two"],
      callees: { Sum: sum },
    }),
    expect: { said: ["three"], outputs: { two: 2 } },
  },
  ...[
    { named: { parallel: 0 }, message: "'parallel' is an integer from 1 to 64, got 0" },
    { named: { parallel: 65 }, message: "'parallel' is an integer from 1 to 64, got 65" },
    { named: { parallel: "2" }, message: `'parallel' is an integer from 1 to 64, got "2"` },
  ].map(
    ({ named, message }): Case => ({
      title: `a map with ${JSON.stringify(named)} is an error`,
      plan: program({ run: [items("Map", [1], "Double", ["r"], { named })], callees: { Double: double } }),
      expect: { outcome: "failed", error: { type: "pg\\!ValidationError", message, step: "Map" } },
    }),
  ),
  {
    title: "a map of what is no list is an error",
    plan: program({ run: [items("Map", { a: 1 }, "Double", ["r"])], callees: { Double: double } }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ConversionError", message: "'items' is to be a list, and is a map", step: "Map" },
    },
  },
];
