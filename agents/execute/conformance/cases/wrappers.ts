import type { Wrapper } from "@polyglot/contracts";
import type { Case } from "../case.ts";
import {
  callee,
  exit,
  input,
  js,
  library,
  literal,
  on,
  out,
  program,
  py,
  run,
  say,
  set,
  text,
  u,
  v,
} from "../program.ts";

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

/** `[w] |W.Runtime.… << env: {…}` */
const runtime = (name: string, env: Wrapper["arguments"][number]["value"], node = "w0"): Wrapper => ({
  node,
  name: `W.Runtime.${name}`,
  arguments: [{ name: "env", value: env }],
  results: [],
});

const oneVariable = (name: string): Wrapper => runtime("Python.3.11", literal({ [name]: "x" }));

export const wrappers: readonly Case[] = [
  {
    title: "variables of a runtime reach the steps of its language, from inputs too, and no callee",
    plan: program({
      inputs: [input("region")],
      wrappers: [
        runtime("Python.3.11", { kind: "map", entries: [["REGION", v("region")]] }),
        runtime("Node.20", literal({ MODE: "fast", TZ: "Asia/Tokyo" }), "w1"),
      ],
      run: [
        py("variable", ["REGION"], ["python"]),
        js("variable", ["REGION"], ["none"]),
        js("variable", ["MODE"], ["mode"]),
        js("variable", ["TZ"], ["zone"]),
        run("Inner", [], ["inner"]),
      ],
      outputs: ["python", "none", "mode", "zone", "inner"],
      callees: { Inner: callee({ run: [py("variable", ["REGION"], ["inner"])], outputs: ["inner"] }) },
    }),
    inputs: { region: "eu" },
    expect: { outputs: { python: "eu", none: null, mode: "fast", zone: "Asia/Tokyo", inner: null } },
  },
  ...["PATH", "HOME", "LD_PRELOAD", "POLYGLOT_WORKER", "BASH_ENV", "PYTHONPATH", "GLIBC_TUNABLES"].map(
    (name): Case => ({
      title: `the variable ${name} cannot be set`,
      plan: program({ wrappers: [oneVariable(name)], setup: [say("never")], run: [say("never")] }),
      expect: {
        outcome: "failed",
        error: { type: "pg\\!ValidationError", message: `'env' cannot set ${name}: the agent decides it`, step: "w0" },
        said: [],
      },
    }),
  ),
  ...(
    [
      [{ "A-B": "x" }, "a name in 'env' is of letters, digits and '_', got \"A-B\""],
      [{ SECRET: 7 }, "'env' has texts only, and SECRET is none"],
      ["x", "'env' is a dictionary of texts by name"],
      [{ BIG: "x".repeat(70_000) }, "'env' has at most 65536 characters in all, got 70003"],
    ] as const
  ).map(
    ([env, message]): Case => ({
      title: `variables are refused: ${message}`,
      plan: program({ wrappers: [runtime("Python.3.11", literal(env))], run: [say("never")] }),
      expect: { outcome: "failed", error: { type: "pg\\!ValidationError", message }, said: [] },
    }),
  ),
  ...["requirements", "package", "crate"].map(
    (name): Case => ({
      title: `the argument '${name}' of a runtime is refused before the first step`,
      plan: program({
        wrappers: [{ ...oneVariable("A"), arguments: [{ name, value: literal("file") }] }],
        setup: [say("never")],
        cleanup: [say("never")],
      }),
      expect: { outcome: "failed", error: { type: "pg\\!NotImplementedError", step: "w0" }, said: [], cleanup: "none" },
    }),
  ),
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
  {
    title: "a record of time and one of the end are steps of the execution, and close last",
    plan: program({
      wrappers: [library("W.Record.Timer", ["all"]), library("W.Record.RunStatus")],
      run: [say("run")],
      cleanup: [say("cleanup")],
    }),
    expect: { steps: ["say succeeded", "say succeeded", "W.Record.RunStatus succeeded", "W.Record.Timer succeeded"] },
  },
  {
    title: "a run that fails, and one that leaves with a code, is recorded as failed",
    plan: program({
      run: [
        run("Fails", [], [], { handlers: [on("pg\\!Any", [say("taken")])] }),
        run("Leaves", [], [], { node: "leaves" }),
      ],
      callees: {
        Fails: callee({ wrappers: [library("W.Record.RunStatus")], run: [py("fail", ["KeyError", "k"])] }),
        Leaves: callee({ wrappers: [library("W.Record.RunStatus")], run: [exit(3)] }),
      },
    }),
    expect: {
      outcome: "failed",
      exitCode: 3,
      steps: [
        "Fails/fail failed",
        "Fails/W.Record.RunStatus failed",
        "Fails failed",
        "say succeeded",
        "on-Any succeeded",
        "leaves/W.Record.RunStatus failed",
        "leaves succeeded",
      ],
    },
  },
  {
    title: "a record's name has letters that a metric's name may have",
    plan: program({ wrappers: [library("W.Record.Timer", ["a\nb"])], run: [say("never")] }),
    expect: {
      outcome: "failed",
      error: {
        type: "pg\\!ValidationError",
        message: `'W.Record.Timer' did not open: 'name' is 1 to 100 letters, digits, spaces and any of _.:-; got "a\\nb"`,
        step: "W.Record.Timer",
      },
    },
  },
];
