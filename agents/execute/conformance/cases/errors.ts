import type { Case } from "../case.ts";
import { exit, give, input, js, on, out, program, py, say, set, text, u, v, when } from "../program.ts";

const fail = (kind: string, handlers: Parameters<typeof on>[] = []) =>
  py("fail", [kind, "boom"], [], { node: "boom", handlers: handlers.map((parts) => on(...parts)) });

const taken = (kind: string, type: string): Case => ({
  title: `${type} takes a ${kind}`,
  plan: program({ run: [fail(kind, [[type, [say("handled")]]]), say("after")] }),
  expect: { said: ["handled", "after"] },
});

const notTaken = (kind: string, type: string): Case => ({
  title: `${type} does not take a ${kind}`,
  plan: program({ run: [fail(kind, [[type, [say("handled")]]]), say("after")] }),
  expect: { outcome: "failed", error: { type: `py\\!${kind}` }, said: [] },
});

export const errors: readonly Case[] = [
  taken("ValueError", "py\\!ValueError"),
  taken("ValueError", "py\\!Exception"),
  taken("ValueError", "pg\\!Any"),
  taken("Custom", "py\\!ValueError"),
  taken("Custom", "py\\!Custom"),
  taken("KeyError", "py\\!LookupError"),
  notTaken("ValueError", "py\\!Custom"),
  notTaken("ValueError", "py\\!KeyError"),
  notTaken("ValueError", "js\\!Error"),
  notTaken("ValueError", "pg\\!RuntimeError"),
  {
    title: "errors of JavaScript match along its own classes",
    plan: program({
      run: [
        js("fail", ["RangeError", "boom"], [], {
          handlers: [on("js\\!TypeError", [say("no")]), on("js\\!Error", [say("yes")])],
        }),
      ],
    }),
    expect: { said: ["yes"] },
  },
  {
    title: "a class of the same name in another language is another class",
    plan: program({
      run: [js("fail", ["TypeError", "boom"], [], { handlers: [on("py\\!TypeError", [say("no")])] })],
    }),
    expect: { outcome: "failed", error: { type: "js\\!TypeError", message: "boom" }, said: [] },
  },
  {
    title: "the first handler that takes the error runs, and no other",
    plan: program({
      run: [
        fail("Custom", [
          ["py\\!KeyError", [say("key")]],
          ["py\\!ValueError", [say("value")]],
          ["pg\\!Any", [say("any")]],
        ]),
      ],
    }),
    expect: { said: ["value"] },
  },
  {
    title: "a handler reads message, type and step of the error",
    plan: program({ run: [fail("ValueError", [["pg\\!Any", [say(text("{e.type} {e.message} {e.step}"))], "e"]])] }),
    expect: { said: ["py\\!ValueError boom boom"] },
  },
  {
    title: "the trace is in the user's own file",
    plan: program({
      run: [fail("ValueError", [["pg\\!Any", [js("matches", [v("e.trace"), "lib\\.py"], ["own"])], "e"]])],
      outputs: ["own"],
    }),
    expect: { outputs: { own: true } },
  },
  {
    title: "the handler's variable ends with it",
    plan: program({ run: [fail("ValueError", [["pg\\!Any", [], "e"]]), say(text("{e.message}"))] }),
    expect: { outcome: "failed", error: { type: "pg\\!RuntimeError" } },
  },
  {
    title: "a variable that the handler's hides has its value again afterwards",
    plan: program({ run: [set("e", "before"), fail("ValueError", [["pg\\!Any", [], "e"]])], outputs: ["e"] }),
    expect: { outputs: { e: "before" } },
  },
  {
    title: "a handler binds for the lines after it",
    plan: program({
      run: [py("fail", ["ValueError", "x"], ["r"], { handlers: [on("pg\\!Any", [set("r", "fallback")])] })],
      outputs: ["r"],
    }),
    expect: { outputs: { r: "fallback" } },
  },
  {
    title: "a result that the handler does not set keeps the value it had before",
    plan: program({
      run: [set("r", "old"), py("fail", ["ValueError", "x"], ["r"], { handlers: [on("pg\\!Any", [])] })],
      outputs: ["r"],
    }),
    expect: { outputs: { r: "old" } },
  },
  {
    title: "a variable that no line bound is an error at the reading",
    plan: program({
      run: [py("fail", ["ValueError", "x"], ["r"], { handlers: [on("pg\\!Any", [])] }), say(text("{r}"))],
    }),
    expect: {
      outcome: "failed",
      error: {
        type: "pg\\!RuntimeError",
        message: "variable 'r' has no value: no line that binds it has run",
        step: "say",
      },
    },
  },
  {
    title: "a handler's own error goes outward, past the other handlers of the step",
    plan: program({
      run: [
        fail("ValueError", [
          ["py\\!ValueError", [py("fail", ["KeyError", "second"], [], { node: "inner" })]],
          ["pg\\!Any", [say("never")]],
        ]),
      ],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "failed", error: { type: "py\\!KeyError", step: "inner" }, said: ["cleanup"] },
  },
  {
    title: "a handler's own error may have a handler",
    plan: program({
      run: [
        fail("ValueError", [
          [
            "pg\\!Any",
            [py("fail", ["KeyError", "x"], [], { handlers: [on("py\\!KeyError", [say("inner")])] }), say("outer")],
          ],
        ]),
        say("after"),
      ],
    }),
    expect: { said: ["inner", "outer", "after"] },
  },
  {
    title: "a handler may leave the run",
    plan: program({ run: [fail("ValueError", [["pg\\!Any", [exit(4)]]]), say("never")], cleanup: [say("cleanup")] }),
    expect: { outcome: "failed", exitCode: 4, said: ["cleanup"] },
  },
  {
    title: "an output of a handler is set by it, and None when it was not reached",
    plan: program({
      inputs: [input("kind")],
      run: [when(v("kind"), "bad", [fail("ValueError", [["pg\\!Any", [give("problem", v("e.message"))], "e"]])])],
      outputs: ["problem"],
    }),
    inputs: { kind: "good" },
    expect: { outputs: { problem: null } },
  },
  {
    title: "an output of a handler that was reached has its value",
    plan: program({
      run: [fail("ValueError", [["pg\\!Any", [give("problem", v("e.message"))], "e"]])],
      outputs: [out("problem", "none")],
    }),
    expect: { outputs: { problem: "boom" } },
  },
  {
    title: "setup steps may have handlers",
    plan: program({ setup: [fail("ValueError", [["pg\\!Any", [say("handled")]]])], run: [say("run")] }),
    expect: { said: ["handled", "run"] },
  },
  {
    title: "a failed step is recorded as failed also where a handler takes its error",
    plan: program({ run: [fail("ValueError", [["pg\\!Any", [say("x")]]])] }),
    expect: { steps: ["boom failed", "say succeeded", "on-Any succeeded"] },
  },
  {
    title: "a retry in a handler without a failed step is an error",
    plan: program({ run: [u("U.Error.Retry", [])] }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError" } },
  },
  {
    title: "used-up tries run the rest of the handler as the fallback",
    plan: program({
      run: [
        fail("ValueError", [
          ["pg\\!Any", [u("U.Error.Retry", [], [], { named: { max_attempts: 2 } }), say("fallback")]],
        ]),
      ],
    }),
    expect: {
      said: ["fallback"],
      steps: [
        "boom failed",
        "boom failed",
        "boom failed",
        "U.Error.Retry succeeded",
        "say succeeded",
        "on-Any succeeded",
      ],
    },
  },
  {
    title: "a retry policy that makes no sense is an error",
    plan: program({ run: [fail("ValueError", [["pg\\!Any", [u("U.Error.Retry", [0])]]])] }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!ValidationError", message: "max_attempts is an integer from 1 to 1000, got 0" },
    },
  },
];
