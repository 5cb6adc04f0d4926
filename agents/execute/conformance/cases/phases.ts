import type { Case } from "../case.ts";
import { callee, exit, input, on, out, program, py, run, say, set, text, u, v } from "../program.ts";

const boom = py("fail", ["ValueError", "boom"], [], { node: "boom" });

const tenMinutes = { $duration: { months: 0, seconds: 600 } };
const asleep = u("U.Sleep", [tenMinutes]);

export const phases: readonly Case[] = [
  {
    title: "setup, run, cleanup run in this order",
    plan: program({ setup: [say("setup")], run: [say("run")], cleanup: [say("cleanup")] }),
    expect: { said: ["setup", "run", "cleanup"], cleanup: "done" },
  },
  {
    title: "an error in the run still cleans up, and is the outcome",
    plan: program({ run: [boom, say("never")], cleanup: [say("cleanup")] }),
    expect: {
      outcome: "failed",
      error: { type: "py\\!ValueError", message: "boom", step: "boom" },
      said: ["cleanup"],
      cleanup: "done",
      steps: ["boom failed", "say succeeded"],
    },
  },
  {
    title: "a failing setup skips the run and still cleans up",
    plan: program({ setup: [boom], run: [say("run")], cleanup: [say("cleanup")] }),
    expect: { outcome: "failed", said: ["cleanup"] },
  },
  {
    title: "a failing cleanup line is recorded, the next has its turn, and the outcome stays",
    plan: program({ run: [set("x", 1)], cleanup: [boom, say("second")], outputs: ["x"] }),
    expect: { outputs: { x: 1 }, said: ["cleanup: py\\!ValueError: boom", "second"], cleanup: "failed" },
  },
  {
    title: "a cleanup line may have a handler",
    plan: program({ cleanup: [{ ...boom, handlers: [on("py\\!ValueError", [say("handled")])] }] }),
    expect: { said: ["handled"], cleanup: "done" },
  },
  {
    title: "outputs are computed before cleanup and do not see what it binds",
    plan: program({ run: [set("x", "run")], cleanup: [set("x", "cleanup")], outputs: ["x"] }),
    expect: { outputs: { x: "run" } },
  },
  {
    title: "an output that nothing binds is an error, after which cleanup runs",
    plan: program({ cleanup: [say("cleanup")], outputs: ["x"] }),
    expect: {
      outcome: "failed",
      error: { type: "pg\\!RuntimeError", message: "output 'x' has no value: no line that binds it has run" },
      said: ["cleanup"],
    },
  },
  {
    title: "cleanup sees what setup and run have bound",
    plan: program({ setup: [set("a", 1)], run: [set("b", 2), boom], cleanup: [say(text("{a} {b}"))] }),
    expect: { outcome: "failed", said: ["1 2"] },
  },
  {
    title: "exit 0 ends the run with success and what is bound",
    plan: program({
      run: [set("x", 1), exit(0), say("never")],
      cleanup: [say("cleanup")],
      outputs: ["x", "y", out("z", 3)],
    }),
    expect: { outputs: { x: 1, y: null, z: 3 }, exitCode: 0, said: ["cleanup"] },
  },
  {
    title: "exit with another code fails without an error and without outputs",
    plan: program({ run: [set("x", 1), exit(3)], cleanup: [say("cleanup")], outputs: ["x"] }),
    expect: { outcome: "failed", outputs: {}, exitCode: 3, said: ["cleanup"] },
  },
  {
    title: "an exit code may be a variable",
    plan: program({ inputs: [input("code")], run: [exit(v("code"))] }),
    inputs: { code: 7 },
    expect: { outcome: "failed", exitCode: 7 },
  },
  {
    title: "an exit code that is none is an error",
    plan: program({ run: [exit(-1)] }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError", step: "exit" } },
  },
  {
    title: "an input without a value takes its default, None included",
    plan: program({ inputs: [input("a", 5), input("b", null)], outputs: ["a", "b"] }),
    expect: { outputs: { a: 5, b: null } },
  },
  {
    title: "an input without value and default is an error before anything runs",
    plan: program({ inputs: [input("a")], setup: [say("setup")], cleanup: [say("cleanup")] }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError" }, said: [], cleanup: "none" },
  },
  {
    title: "what this agent cannot do is refused by name before the first step",
    plan: program({ setup: [say("setup")], run: [run("Inner", [])], callees: { Inner: callee({ run: [unknown()] }) } }),
    expect: {
      outcome: "failed",
      error: {
        type: "pg\\!NotImplementedError",
        message: "this agent does not implement the library's 'U.NoSuchThing'; nothing of the plan was run",
      },
      said: [],
      cleanup: "none",
    },
  },
  {
    title: "a version of a runtime that the host lacks is refused before the first step",
    plan: program({ runtimes: { py: "2.1" }, setup: [say("setup")], run: [py("echo", [1])] }),
    expect: { outcome: "failed", error: { type: "pg\\!DependencyError", step: "echo" }, said: [], cleanup: "none" },
  },
  {
    title: "a version that no step uses is nothing to refuse",
    plan: program({ runtimes: { py: "2.1" }, run: [say("run")] }),
    expect: { said: ["run"] },
  },
  {
    title: "a wrapper that the agent does not know is refused",
    plan: program({ wrappers: [{ node: "w1", name: "W.Unknown", arguments: [], results: [] }] }),
    expect: { outcome: "failed", error: { type: "pg\\!NotImplementedError", step: "w1" } },
  },
  {
    title: "a run over its time is killed, and cleaned up within the grace period",
    plan: program({
      run: [say("run"), asleep],
      cleanup: [say("cleanup")],
      queue: { kill: { timeout_seconds: 0.05 } },
    }),
    expect: {
      outcome: "killed",
      error: { type: "pg\\!TimeoutError", message: "the execution ran longer than its limit of 0.05 s" },
      said: ["run", "cleanup"],
      cleanup: "done",
    },
  },
  {
    title: "user code over its time is killed with its process",
    plan: program({ run: [py("hang", [])], queue: { kill: { timeout_seconds: 0.05 } } }),
    expect: { outcome: "killed", error: { type: "pg\\!TimeoutError" }, steps: ["hang cancelled"], cleanup: "done" },
  },
  {
    title: "a kill cannot be handled",
    plan: program({
      run: [u("U.Sleep", [tenMinutes], [], { handlers: [on("pg\\!Any", [say("handled")])] })],
      queue: { kill: { timeout_seconds: 0.05 } },
    }),
    expect: { outcome: "killed", said: [] },
  },
  {
    title: "cleanup that outlasts the grace period is abandoned",
    plan: program({
      run: [asleep],
      cleanup: [asleep, say("never")],
      queue: { kill: { timeout_seconds: 0.05, grace_seconds: 0.05 } },
    }),
    expect: { outcome: "killed", said: [], cleanup: "abandoned" },
  },
];

function unknown() {
  const call = say("x");
  return { ...call, target: { kind: "library" as const, name: "U.NoSuchThing" } };
}
