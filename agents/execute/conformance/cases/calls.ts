import type { Case } from "../case.ts";
import { callee, exit, fork, input, join, on, out, program, py, run, say, set, text, u, v, when } from "../program.ts";

const asleep = u("U.Sleep", [{ $duration: { months: 0, seconds: 600 } }]);

/** Enough for a worker to start. */
const soon = { timeout_seconds: 0.5 };

const double = callee({ inputs: [input("x")], run: [py("add", [v("x"), v("x")], ["y"])], outputs: ["y"] });

export const calls: readonly Case[] = [
  {
    title: "a pipeline is called with inputs and gives outputs in order",
    plan: program({ run: [run("Double", [4], ["r"])], outputs: ["r"], callees: { Double: double } }),
    expect: { outputs: { r: 8 } },
  },
  {
    title: "named arguments first, then the unnamed ones in order, then defaults",
    plan: program({
      run: [run("Three", [1], ["r"], { named: { a: 3 } })],
      outputs: ["r"],
      callees: {
        Three: callee({
          inputs: [input("a"), input("b"), input("c", 7)],
          outputs: [out("r", { kind: "list", items: [v("a"), v("b"), v("c")] })],
        }),
      },
    }),
    expect: { outputs: { r: [3, 1, 7] } },
  },
  {
    title: "a callee sees its inputs only",
    plan: program({
      run: [set("secret", 1), run("Peek", [])],
      callees: { Peek: callee({ run: [say(text("{secret}"))] }) },
    }),
    expect: { outcome: "failed", error: { type: "pg\\!RuntimeError", step: "Peek/say" } },
  },
  {
    title: "a callee binds nothing in its caller",
    plan: program({
      run: [set("x", "own"), run("Set", [])],
      outputs: ["x"],
      callees: { Set: callee({ run: [set("x", "callee's")] }) },
    }),
    expect: { outputs: { x: "own" } },
  },
  {
    title: "a callee has phases of its own",
    plan: program({
      run: [say("before"), run("Inner", []), say("after")],
      cleanup: [say("outer cleanup")],
      callees: { Inner: callee({ setup: [say("setup")], run: [say("run")], cleanup: [say("cleanup")] }) },
    }),
    expect: { said: ["before", "setup", "run", "cleanup", "after", "outer cleanup"] },
  },
  {
    title: "an error of a callee reaches the caller's handler after the callee's cleanup",
    plan: program({
      run: [
        run("Inner", [], [], { handlers: [on("py\\!ValueError", [say(text("{e.step}: {e.message}"))], "e")] }),
        say("after"),
      ],
      callees: { Inner: callee({ run: [py("fail", ["ValueError", "boom"])], cleanup: [say("cleanup")] }) },
    }),
    expect: { said: ["cleanup", "Inner/fail: boom", "after"] },
  },
  {
    title: "an error that nobody handles goes through all callers, and each cleans up",
    plan: program({
      run: [run("A", [])],
      cleanup: [say("main cleanup")],
      callees: {
        A: callee({ run: [run("B", [])], cleanup: [say("A cleanup")] }),
        B: callee({ run: [py("fail", ["ValueError", "deep"])], cleanup: [say("B cleanup")] }),
      },
    }),
    expect: {
      outcome: "failed",
      error: { type: "py\\!ValueError", message: "deep", step: "A/B/fail" },
      said: ["B cleanup", "A cleanup", "main cleanup"],
    },
  },
  {
    title: "exit in a callee ends the callers as well, with the cleanup of each",
    plan: program({
      run: [run("A", []), say("never")],
      cleanup: [say("main cleanup")],
      callees: { A: callee({ run: [exit(6)], cleanup: [say("A cleanup")] }) },
    }),
    expect: { outcome: "failed", exitCode: 6, said: ["A cleanup", "main cleanup"] },
  },
  {
    title: "exit in a callee called from a branch ends everything, with the cleanup of each",
    plan: program({
      run: [fork("a", [run("A", [])]), fork("b", [py("hang", [])]), join("all", ["a", "b"])],
      cleanup: [say("main cleanup")],
      callees: { A: callee({ run: [exit(2)], cleanup: [say("A cleanup")] }) },
    }),
    expect: { outcome: "failed", exitCode: 2, cleanup: "done" },
  },
  {
    title: "a callee's failed cleanup is recorded for the execution",
    plan: program({
      run: [run("A", [])],
      cleanup: [say("fine")],
      callees: { A: callee({ cleanup: [py("fail", ["ValueError", "boom"])] }) },
    }),
    expect: { cleanup: "failed", said: ["cleanup: py\\!ValueError: boom", "fine"] },
  },
  {
    title: "a callee over its time is an error at its call, after its cleanup, that a handler takes",
    plan: program({
      run: [
        run("Slow", [], [], { handlers: [on("pg\\!TimeoutError", [say(text("{e.step}: {e.message}"))], "e")] }),
        say("after"),
      ],
      callees: { Slow: callee({ run: [py("hang", []), say("never")], cleanup: [say("cleanup")], kill: soon }) },
    }),
    expect: {
      said: ["hanging", "cleanup", "Slow: the called pipeline ran longer than its limit of 0.5 s", "after"],
      steps: [
        "Slow/hang cancelled",
        "Slow/say succeeded",
        "Slow failed",
        "say succeeded",
        "on-TimeoutError succeeded",
        "say succeeded",
      ],
      cleanup: "done",
    },
  },
  {
    title: "a callee over its time that nobody handles fails its caller, which is not killed",
    plan: program({
      run: [run("Slow", [])],
      callees: { Slow: callee({ run: [py("hang", [])], kill: soon }) },
    }),
    expect: { outcome: "failed", error: { type: "pg\\!TimeoutError", step: "Slow" }, said: ["hanging"] },
  },
  {
    title: "cleanup of a callee that outlasts the callee's grace period is abandoned, and the caller's runs",
    plan: program({
      run: [run("Slow", [])],
      cleanup: [say("main cleanup")],
      callees: {
        Slow: callee({
          run: [asleep],
          cleanup: [asleep, say("never")],
          kill: { timeout_seconds: 0.05, grace_seconds: 0.05 },
        }),
      },
    }),
    expect: { outcome: "failed", error: { type: "pg\\!TimeoutError" }, said: ["main cleanup"], cleanup: "abandoned" },
  },
  {
    title: "a callee's limit ends what it calls, and a callee within its time is as without one",
    plan: program({
      run: [
        run("Outer", [], [], { handlers: [on("pg\\!Any", [say(text("{e.step} {e.type}"))], "e")] }),
        run("Quick", []),
      ],
      callees: {
        Outer: callee({ run: [run("Inner", [])], kill: { timeout_seconds: 0.05 } }),
        Inner: callee({ run: [asleep], cleanup: [say("inner cleanup")], kill: { timeout_seconds: 60 } }),
        Quick: callee({ run: [say("quick")], kill: { timeout_seconds: 60 } }),
      },
    }),
    expect: { said: ["inner cleanup", "Outer pg\\!TimeoutError", "quick"] },
  },
  {
    title: "the caller's own limit kills it with a callee that has more time",
    plan: program({
      run: [run("Slow", [], [], { handlers: [on("pg\\!Any", [say("never")])] })],
      queue: { kill: { timeout_seconds: 0.05 } },
      callees: {
        Slow: callee({ run: [asleep], cleanup: [say("cleanup")], kill: { timeout_seconds: 60 } }),
      },
    }),
    expect: { outcome: "killed", said: ["cleanup"], cleanup: "done" },
  },
  {
    title: "a callee that calls itself inside of a switch ends by its own condition",
    plan: program({
      run: [run("Down", [3], ["r"])],
      outputs: ["r"],
      callees: {
        Down: callee({
          inputs: [input("n")],
          run: [
            set("r", v("n")),
            when(v("n"), { $range: [1, null] }, [py("add", [v("n"), -1], ["m"]), run("Down", [v("m")], ["r"])]),
          ],
          outputs: ["r"],
        }),
      },
    }),
    expect: { outputs: { r: 0 } },
  },
  {
    title: "calls without end are an error, not the end of the agent",
    plan: program({ run: [run("Down", [])], callees: { Down: callee({ run: [run("Down", [])] }) } }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!RuntimeError", message: "pipelines call each other more than 100 deep" },
    },
  },
  {
    title: "a missing input of a callee is an error at the call",
    plan: program({ run: [run("Double", [])], callees: { Double: double } }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError", step: "Double" } },
  },
  {
    title: "an argument becomes the type of the callee's input",
    plan: program({
      run: [run("Take", [1], ["r"])],
      outputs: ["r"],
      callees: { Take: callee({ inputs: [input("x", undefined, "pg\\float")], outputs: [out("r", v("x"))] }) },
    }),
    expect: { outputs: { r: { $float: "1" } } },
  },
  {
    title: "results that are not bound are left",
    plan: program({
      run: [run("Two", [], ["a"])],
      outputs: ["a"],
      callees: { Two: callee({ run: [set("x", 1), set("y", 2)], outputs: ["x", "y"] }) },
    }),
    expect: { outputs: { a: 1 } },
  },
  {
    title: "two calls of one pipeline side by side keep their variables apart",
    plan: program({
      run: [
        fork("a", [run("Double", [1], ["x"])], { outputs: [out("x")] }),
        fork("b", [run("Double", [10], ["y"])], { outputs: [out("y")] }),
        join("all", ["a", "b"]),
      ],
      outputs: ["x", "y"],
      callees: { Double: double },
    }),
    expect: { outputs: { x: 2, y: 20 } },
  },
];
