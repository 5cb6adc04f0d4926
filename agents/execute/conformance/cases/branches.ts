import type { Case } from "../case.ts";
import { exit, fork, forkCall, give, join, on, out, program, py, say, set, text, v, when } from "../program.ts";

const failing = (message: string, handlers = [] as ReturnType<typeof on>[]) =>
  py("fail", ["ValueError", message], [], { node: `fail-${message}`, handlers });

export const branches: readonly Case[] = [
  {
    title: "forked calls bind their results at the join",
    plan: program({
      run: [
        forkCall("a", py("add", [1, 2], ["x"])),
        forkCall("b", py("add", [3, 4], ["y"])),
        join("all", ["a", "b"]),
        py("add", [v("x"), v("y")], ["sum"]),
      ],
      outputs: ["sum"],
    }),
    expect: { outputs: { sum: 10 } },
  },
  {
    title: "an inline branch gives back what it names",
    plan: program({
      run: [
        set("base", 10),
        fork("a", [py("add", [v("base"), 1], ["inner"])], { outputs: [out("inner"), out("given", v("inner"))] }),
        join("all", ["a"]),
      ],
      outputs: ["inner", "given"],
    }),
    expect: { outputs: { inner: 11, given: 11 } },
  },
  {
    title: "a branch works on copies: what it writes to an outer variable stays inside",
    plan: program({
      run: [set("x", "outer"), fork("a", [set("x", "inner"), say(text("{x}"))]), join("all", ["a"])],
      outputs: ["x"],
    }),
    expect: { outputs: { x: "outer" }, said: ["inner"] },
  },
  {
    title: "a branch takes its values at its line",
    plan: program({
      run: [set("x", "before"), fork("a", [py("echo", [1]), say(text("{x}"))]), set("x", "after"), join("all", ["a"])],
    }),
    expect: { said: ["before"] },
  },
  {
    title: "a later fork that reads an earlier one's variable waits for it",
    plan: program({
      run: [
        forkCall("a", py("add", [1, 2], ["x"])),
        forkCall("b", py("add", [v("x"), 10], ["y"]), { after: ["a"] }),
        join("all", ["a", "b"]),
      ],
      outputs: ["x", "y"],
    }),
    expect: { outputs: { x: 3, y: 13 } },
  },
  {
    title: "a fork that is told to follow another starts after it",
    plan: program({
      run: [
        fork("a", [py("echo", [1]), say("a")]),
        fork("b", [say("b")], { after: ["a"] }),
        fork("c", [say("c")], { after: ["b"] }),
        join("all", ["a", "b", "c"]),
      ],
    }),
    expect: { said: ["a", "b", "c"] },
  },
  {
    title: "a step that is told to follow a fork starts after it, without joining it",
    plan: program({
      run: [fork("a", [py("echo", [1]), say("a")]), { ...say("main"), after: ["a"] }, join("all", ["a"])],
    }),
    expect: { said: ["a", "main"] },
  },
  {
    title: "a fork that follows a failed one does not start, and shares its error",
    plan: program({
      run: [fork("a", [failing("first")]), fork("b", [say("b")], { after: ["a"] }), join("all", ["b", "a"])],
    }),
    expect: { outcome: "failed", error: { type: "py\\!ValueError", message: "first" }, said: [] },
  },
  {
    title: "JoinAll waits for all, then raises the first error in source order",
    plan: program({
      run: [
        fork("slow", [py("echo", [1]), py("echo", [1]), py("echo", [1]), failing("slow")]),
        fork("quick", [failing("quick")]),
        fork("good", [py("echo", [1]), say("good")]),
        join("all", ["slow", "quick", "good"]),
      ],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "failed", error: { type: "py\\!ValueError", message: "slow" }, said: ["good", "cleanup"] },
  },
  {
    title: "a handler on the join takes the branches' error, and the results of the others are bound",
    plan: program({
      run: [
        forkCall("a", failing("x")),
        forkCall("b", py("add", [1, 1], ["y"])),
        join("all", ["a", "b"], { handlers: [on("py\\!ValueError", [say("handled")])] }),
      ],
      outputs: ["y"],
    }),
    expect: { outputs: { y: 2 }, said: ["handled"] },
  },
  {
    title: "a handler inside of the branch keeps the error there",
    plan: program({
      run: [
        fork("a", [failing("x", [on("pg\\!Any", [set("r", "mended")])])], { outputs: [out("r")] }),
        join("all", ["a"]),
      ],
      outputs: ["r"],
    }),
    expect: { outputs: { r: "mended" } },
  },
  {
    title: "a handler of the fork itself takes errors of its lines",
    plan: program({
      run: [
        fork("a", [failing("x"), say("never")], {
          handlers: [on("pg\\!Any", [set("r", text("{e.message}!"))], "e")],
          outputs: [out("r")],
        }),
        join("all", ["a"]),
      ],
      outputs: ["r"],
    }),
    expect: { outputs: { r: "x!" } },
  },
  {
    title: "JoinFirst binds the first success, and failures do not count",
    plan: program({
      run: [
        forkCall("bad", failing("x")),
        forkCall("good", py("echo", ["won"], ["a"])),
        forkCall("never", py("hang", [], ["b"])),
        join("first", ["bad", "good", "never"], { result: "winner" }),
      ],
      outputs: ["winner"],
    }),
    expect: { outputs: { winner: "won" } },
  },
  {
    title: "after JoinFirst no further step of the others starts",
    plan: program({
      run: [
        fork("quick", [py("echo", ["won"], ["a"])], { outputs: [out("a")] }),
        fork("slow", [py("hang", []), say("never")], { outputs: [out("b", 1)] }),
        join("first", ["quick", "slow"], { result: "winner" }),
        say(text("{winner}")),
      ],
    }),
    expect: { neverSaid: [] },
  },
  {
    title: "JoinFirst without any success raises the first error in source order",
    plan: program({
      run: [forkCall("a", failing("one")), forkCall("b", failing("two")), join("first", ["a", "b"], { result: "w" })],
    }),
    expect: { outcome: "failed", error: { type: "py\\!ValueError", message: "one" } },
  },
  {
    title: "JoinLast waits for all and binds the last success",
    plan: program({
      run: [
        fork("last", [py("echo", [1]), py("echo", [1]), py("echo", [1]), py("echo", ["z"], ["a"])], {
          outputs: [out("a")],
          after: [],
        }),
        fork("first", [set("b", "early")], { outputs: [out("b")] }),
        join("last", ["last", "first"], { result: "winner" }),
      ],
      outputs: ["winner", "b"],
    }),
    expect: { outputs: { winner: "z", b: "early" } },
  },
  {
    title: "JoinNth binds the n-th success",
    plan: program({
      run: [
        fork("a", [set("x", "first")], { outputs: [out("x")] }),
        fork("b", [py("echo", ["second"], ["y"])], { outputs: [out("y")] }),
        fork("c", [py("hang", [])], { outputs: [out("z", 1)] }),
        join("nth", ["a", "b", "c"], { count: 2, result: "winner" }),
      ],
      outputs: ["winner"],
    }),
    expect: { outputs: { winner: "second" } },
  },
  {
    title: "JoinNth with a number that there cannot be is an error",
    plan: program({
      run: [fork("a", [say("a")]), join("nth", ["a"], { count: 2, result: "w" })],
    }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError", step: "join" } },
  },
  {
    title: "JoinNth with too few successes raises the first error",
    plan: program({
      run: [
        forkCall("a", py("echo", [1], ["x"])),
        forkCall("b", failing("two")),
        join("nth", ["a", "b"], {
          count: 2,
          result: "w",
          handlers: [on("pg\\!Any", [set("w", text("{e.message}"))], "e")],
        }),
      ],
      outputs: ["w"],
    }),
    expect: { outputs: { w: "two" } },
  },
  {
    title: "a join takes the forks that it names, and leaves the others open",
    plan: program({
      run: [
        forkCall("a", py("echo", [1], ["x"])),
        forkCall("b", py("echo", [2], ["y"])),
        join("all", ["a"]),
        say(text("{x}")),
        join("all", ["b"]),
        say(text("{y}")),
      ],
    }),
    expect: { said: ["1", "2"] },
  },
  {
    title: "branches nest",
    plan: program({
      run: [
        fork(
          "outer",
          [
            forkCall("in1", py("add", [1, 1], ["a"])),
            forkCall("in2", py("add", [2, 2], ["b"])),
            join("all", ["in1", "in2"]),
            py("add", [v("a"), v("b")], ["sum"]),
          ],
          { outputs: [out("sum")] },
        ),
        join("all", ["outer"]),
      ],
      outputs: ["sum"],
    }),
    expect: { outputs: { sum: 6 } },
  },
  {
    title: "an output inside of a branch's switch belongs to the branch",
    plan: program({
      run: [set("x", 1), fork("a", [when(v("x"), 1, [give("r", "set")])], { outputs: [out("r")] }), join("all", ["a"])],
      outputs: ["r"],
    }),
    expect: { outputs: { r: "set" } },
  },
  {
    title: "an error beside an open fork ends the fork, kills its step, and cleans up afterwards",
    plan: program({
      run: [fork("a", [py("hang", []), say("never")]), failing("main"), join("all", ["a"])],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "failed", error: { type: "py\\!ValueError", message: "main" }, cleanup: "done" },
  },
  {
    title: "exit in a branch ends the run of all others",
    plan: program({
      run: [fork("a", [py("hang", [])]), fork("b", [exit(5)]), join("all", ["a", "b"]), say("never")],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "failed", exitCode: 5, cleanup: "done" },
  },
  {
    title: "exit beside an open fork ends the fork",
    plan: program({ run: [fork("a", [py("hang", [])]), exit(0)], cleanup: [say("cleanup")] }),
    expect: { exitCode: 0, cleanup: "done" },
  },
  {
    title: "an error in a background branch is recorded only",
    plan: program({ run: [fork("bg", [failing("quiet")], { background: true }), py("echo", [1])] }),
    expect: {},
  },
  {
    title: "exit in a background branch ends that branch only",
    plan: program({ run: [fork("bg", [exit(9), say("never")], { background: true }), py("echo", [1]), say("main")] }),
    expect: { said: ["main"] },
  },
];
