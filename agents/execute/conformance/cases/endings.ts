/** Errors that are handled by their class, runs that end in order, and lines of progress. */
import type { Case } from "../case.ts";
import { act, callee, input, on, program, py, run, say, text, u, v } from "../program.ts";

const recover = callee({
  inputs: [input("error")],
  run: [say(text("{error.type} at {error.step}: {error.message}"))],
});

const raises = (type: string) =>
  u("U.Error.Raise", ["boom", type], [], {
    node: "raise",
    handlers: [
      on(
        "pg\\!Any",
        [
          act("OOM", "Recover", ["oom"]),
          act("CpuThrottle", "Recover", ["cpu"]),
          act("Timeout", "Recover", ["timeout"]),
          act("ResourceLimit", "Recover", ["limit"]),
        ],
        "e",
      ),
    ],
  });

const classified = (type: string, taken: { oom?: true; cpu?: true; timeout?: true; limit?: true }): Case => ({
  title: `${type} is of ${Object.keys(taken).join(", ") || "no class"}, whose pipelines run with the error`,
  plan: program({
    run: [raises(type)],
    outputs: ["oom", "cpu", "timeout", "limit"],
    callees: { Recover: recover },
  }),
  expect: {
    outputs: { oom: false, cpu: false, timeout: false, limit: false, ...taken },
    said: Object.keys(taken).map(() => `${type} at raise: boom`),
  },
});

export const endings: readonly Case[] = [
  classified("pg\\!OOMError", { oom: true, limit: true }),
  classified("py\\!MemoryError", { oom: true, limit: true }),
  classified("cpp\\!BadAlloc", { oom: true, limit: true }),
  classified("pg\\!CpuThrottleError", { cpu: true, limit: true }),
  classified("pg\\!TimeoutError", { timeout: true }),
  classified("py\\!TimeoutError", { timeout: true }),
  classified("pg\\!DiskFullError", { limit: true }),
  classified("pg\\!ResourceError", { limit: true }),
  classified("py\\!ValueError", {}),
  {
    title: "an error of the pipeline that is run for an error goes outward",
    plan: program({
      run: [
        u("U.Error.Raise", ["boom", "pg\\!OOMError"], [], {
          handlers: [on("pg\\!Any", [act("OOM", "Fails"), say("never")])],
        }),
      ],
      callees: { Fails: callee({ inputs: [input("error")], run: [py("fail", ["KeyError", "k"])] }) },
    }),
    expect: { outcome: "failed", error: { type: "py\\!KeyError", step: "OOM/fail" }, neverSaid: [] },
  },
  {
    title: "outside of a handler there is no error to look at",
    plan: program({ run: [act("OOM", "Recover")], callees: { Recover: recover } }),
    expect: { outcome: "failed", error: { type: "pg\\!ValidationError" } },
  },
  {
    title: "a shutdown says why and ends the run with its cleanup and its callers', as a success",
    plan: program({
      run: [run("Inner", []), say("never")],
      cleanup: [say("outer cleanup")],
      callees: {
        Inner: callee({
          run: [u("U.Error.GracefulShutdown", ["no more work"]), say("never")],
          cleanup: [say("cleanup")],
        }),
      },
    }),
    expect: { exitCode: 0, said: ["no more work", "cleanup", "outer cleanup"] },
  },
  {
    title: "a shutdown in a handler has failed",
    plan: program({
      run: [
        py("fail", ["ValueError", "boom"], [], { handlers: [on("pg\\!Any", [u("U.Error.GracefulShutdown", [])])] }),
      ],
      cleanup: [say("cleanup")],
    }),
    expect: { outcome: "failed", exitCode: 1, said: ["cleanup"] },
  },
  {
    title: "a shutdown may say its code",
    plan: program({
      run: [
        py("fail", ["ValueError", "boom"], [], {
          handlers: [on("pg\\!Any", [u("U.Error.GracefulShutdown", ["fine"], [], { named: { code: 0 } })])],
        }),
      ],
    }),
    expect: { exitCode: 0, said: ["fine"] },
  },
  {
    title: "the last line of progress stays, before the next other line and at the end",
    plan: program({
      run: [
        u("U.Console.RewriteLine", ["1 of 2"]),
        u("U.Console.RewriteLine", ["2 of 2"]),
        say("between"),
        u("U.Console.RewriteLine", [100]),
      ],
    }),
    expect: { said: ["1 of 2", "2 of 2", "between", "100"] },
  },
  {
    title: "a cleared console begins a new page",
    plan: program({ run: [say("before"), u("U.Console.Clear", []), say("after")] }),
    expect: { said: ["before", "\f", "after"] },
  },
  {
    title: "a handler's error stays what it was after its pipeline ran",
    plan: program({
      run: [
        u("U.Error.Raise", ["boom", "pg\\!OOMError"], [], {
          handlers: [on("pg\\!Any", [act("OOM", "Recover", ["oom"]), say(v("e.message"))], "e")],
        }),
      ],
      callees: { Recover: callee({ inputs: [input("e")] }) },
    }),
    expect: { said: ["boom"] },
  },
];
