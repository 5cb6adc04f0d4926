import type { Wrapper } from "@polyglot/contracts";
import type { Case } from "../case.ts";
import { callee, exit, input, library, literal, out, program, py, run, say, set, text, u, v } from "../program.ts";

interface MacroParts {
  readonly given?: Wrapper["arguments"];
  readonly results?: string[];
  readonly inputs?: ReturnType<typeof input>[];
  readonly setup?: NonNullable<Wrapper["macro"]>["setup"];
  readonly cleanup?: NonNullable<Wrapper["macro"]>["cleanup"];
  readonly outputs?: ReturnType<typeof out>[];
}

const macro = (name: string, parts: MacroParts): Wrapper => ({
  node: name,
  name,
  arguments: parts.given ?? [],
  results: (parts.results ?? []).map((variable) => ({ variable, type: "pg\\any" })),
  macro: {
    inputs: parts.inputs ?? [],
    setup: parts.setup ?? [],
    cleanup: parts.cleanup ?? [],
    outputs: parts.outputs ?? [],
  },
});

export const wrappers: readonly Case[] = [
  {
    title: "macros open in order and close in reverse around the phases",
    plan: program({
      wrappers: [
        macro("A", { setup: [say("A opens")], cleanup: [say("A closes")] }),
        macro("B", { setup: [say("B opens")], cleanup: [say("B closes")] }),
      ],
      setup: [say("setup")],
      run: [say("run")],
      cleanup: [say("cleanup")],
    }),
    expect: { said: ["A opens", "B opens", "setup", "run", "cleanup", "B closes", "A closes"] },
  },
  {
    title: "a macro sees its inputs, the pipeline its outputs",
    plan: program({
      inputs: [input("who")],
      wrappers: [
        macro("Greet", {
          inputs: [input("name"), input("mark", "!")],
          given: [{ value: v("who") }],
          setup: [set("greeting", text("hello {name}{mark}"))],
          outputs: [out("greeting")],
          results: ["said"],
        }),
      ],
      outputs: ["said"],
    }),
    inputs: { who: "you" },
    expect: { outputs: { said: "hello you!" } },
  },
  {
    title: "a macro does not see the pipeline's variables",
    plan: program({ inputs: [input("x")], wrappers: [macro("A", { setup: [say(text("{x}"))] })], run: [say("run")] }),
    inputs: { x: 1 },
    expect: { outcome: "failed", error: { type: "pg\\!RuntimeError", step: "A/say" }, said: [] },
  },
  {
    title: "a macro's cleanup sees what its setup bound",
    plan: program({
      wrappers: [macro("A", { setup: [set("x", 5)], cleanup: [say(text("{x}"))] })],
      run: [py("fail", ["ValueError", "boom"])],
    }),
    expect: { outcome: "failed", said: ["5"] },
  },
  {
    title: "a macro that fails to open closes, those before it too, and the pipeline's phases do not run",
    plan: program({
      wrappers: [
        macro("A", { setup: [say("A opens")], cleanup: [say("A closes")] }),
        macro("B", { setup: [py("fail", ["ValueError", "boom"])], cleanup: [say("B closes")] }),
        macro("C", { setup: [say("C opens")], cleanup: [say("C closes")] }),
      ],
      setup: [say("setup")],
      cleanup: [say("cleanup")],
    }),
    expect: {
      outcome: "failed",
      error: { type: "py\\!ValueError", step: "B/fail" },
      said: ["A opens", "B closes", "A closes"],
    },
  },
  {
    title: "wrappers close also when the run leaves",
    plan: program({ wrappers: [macro("A", { cleanup: [say("A closes")] })], run: [exit(1)] }),
    expect: { outcome: "failed", exitCode: 1, said: ["A closes"] },
  },
  {
    title: "wrappers close also when the run is killed",
    plan: program({
      wrappers: [macro("A", { cleanup: [say("A closes")] })],
      run: [u("U.Sleep", [{ $duration: { months: 0, seconds: 600 } }])],
      queue: { kill: { timeout_seconds: 0.05 } },
    }),
    expect: { outcome: "killed", said: ["A closes"] },
  },
  {
    title: "a runtime's wrapper and the check for it",
    plan: program({
      wrappers: [library("W.Runtime.Node"), library("With.Runtime.Node")],
      run: [py("echo", [1], ["x"])],
      outputs: ["x"],
    }),
    expect: { outputs: { x: 1 } },
  },
  {
    title: "With. without its wrapper is a dependency error",
    plan: program({ wrappers: [library("With.Runtime.Node")], run: [say("run")] }),
    expect: { outcome: "failed", error: { type: "pg\\!DependencyError", step: "With.Runtime.Node" }, said: [] },
  },
  {
    title: "a callee may check for a wrapper of its caller",
    plan: program({
      wrappers: [library("W.Runtime.Node")],
      run: [run("Inner", [])],
      callees: { Inner: callee({ wrappers: [library("With.Runtime.Node")], run: [say("inner")] }) },
    }),
    expect: { said: ["inner"] },
  },
  {
    title: "a wrapper of a callee is not in force for its caller",
    plan: program({
      run: [run("Inner", []), run("Check", [])],
      callees: {
        Inner: callee({ wrappers: [library("W.Runtime.Node")] }),
        Check: callee({ wrappers: [library("With.Runtime.Node")] }),
      },
    }),
    expect: { outcome: "failed", error: { type: "pg\\!DependencyError" } },
  },
  {
    title: "a macro's argument may be a literal by name",
    plan: program({
      wrappers: [
        macro("A", {
          inputs: [input("a"), input("b")],
          given: [{ name: "b", value: literal(2) }, { value: literal(1) }],
          setup: [say(text("{a}{b}"))],
        }),
      ],
    }),
    expect: { said: ["12"] },
  },
];
