/** What steps ask of the controller: state, cache, artifacts, other executions. Its side is a fixture here. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Case } from "../case.ts";
import { fork, join, on, program, py, say, text, u } from "../program.ts";

const bytes = (content: string) => ({ $bytes: Buffer.from(content).toString("base64") });
const duration = (seconds: number, months = 0) => ({ $duration: { months, seconds } });

const keeps = (content: CanonicalValue, as: string): Case => ({
  title: `an artifact of ${JSON.stringify(content)} is its bytes`,
  plan: program({
    run: [u("U.Artifact.Put", ["a", content]), u("U.Artifact.Get", ["a"], ["back"])],
    outputs: ["back"],
  }),
  expect: { outputs: { back: bytes(as) } },
});

const refuses = (name: string, given: readonly CanonicalValue[], type: string, message: string): Case => ({
  title: `${name} of ${given.map((value) => JSON.stringify(value)).join(", ")} is a ${type}`,
  plan: program({ run: [u(name, given)] }),
  expect: { outcome: "failed", error: { type: `pg\\!${type}`, message, step: name } },
});

export const keeping: readonly Case[] = [
  {
    title: "a key without a value gives the default, or None",
    plan: program({
      run: [u("U.State.Get", ["absent"], ["none"]), u("U.State.Get", ["absent", [1]], ["some"])],
      outputs: ["none", "some"],
    }),
    expect: { outputs: { none: null, some: [1] } },
  },
  {
    title: "a value is there until it is deleted",
    plan: program({
      run: [
        u("U.State.Set", ["kept", { a: 1 }]),
        u("U.State.Get", ["kept"], ["before"]),
        u("U.State.Delete", ["kept"]),
        u("U.State.Get", ["kept"], ["after"]),
      ],
      outputs: ["before", "after"],
    }),
    expect: { outputs: { before: { a: 1 }, after: null } },
  },
  {
    title: "an increment is by one where nothing else is said",
    plan: program({
      run: [u("U.State.Increment", ["n"], ["one"]), u("U.State.Increment", ["n", -3], ["less"])],
      outputs: ["one", "less"],
    }),
    expect: { outputs: { one: 1, less: -2 } },
  },
  {
    title: "what the controller refuses is an error that a handler takes",
    plan: program({
      run: [
        u("U.State.Set", ["word", "text"]),
        u("U.State.Increment", ["word"], [], { handlers: [on("pg\\!ValidationError", [say("refused")])] }),
      ],
    }),
    expect: { said: ["refused"] },
  },
  {
    title: "cleanup may keep something too",
    plan: program({
      run: [py("fail", ["ValueError", "x"])],
      cleanup: [u("U.State.Increment", ["cleanups"], ["n"]), say(text("{n}"))],
    }),
    expect: { outcome: "failed", cleanup: "done", said: ["1"] },
  },
  {
    title: "branches side by side all count",
    plan: program({
      run: [
        ...["a", "b", "c"].map((label) => fork(label, [u("U.State.Increment", ["sides"])])),
        join("all", ["a", "b", "c"]),
        u("U.State.Get", ["sides"], ["n"]),
      ],
      outputs: ["n"],
    }),
    expect: { outputs: { n: 3 } },
  },
  {
    title: "a cached value is there while it is good",
    plan: program({
      run: [
        u("U.Cache.Get", ["c", "none"], ["before"]),
        u("U.Cache.Set", ["c", 5, duration(60)]),
        u("U.Cache.Get", ["c"], ["after"]),
      ],
      outputs: ["before", "after"],
    }),
    expect: { outputs: { before: "none", after: 5 } },
  },
  refuses("U.Cache.Set", ["c", 1, duration(0)], "ValidationError", "'for' is to be longer than nothing, and is 0 s"),
  refuses("U.Cache.Set", ["c", 1, duration(0, 1)], "ConversionError", "'for' is in months, which have no fixed length"),
  refuses("U.State.Get", [5], "ConversionError", "'key' is to be a text, and is an int"),
  refuses("U.Artifact.Get", ["missing"], "FileError", "this execution keeps no artifact 'missing'"),
  keeps("grüße", "grüße"),
  keeps(bytes("raw"), "raw"),
  keeps({ b: [1], a: null }, '{"a":null,"b":[1]}'),
  {
    title: "a call gives the id of the execution that it started",
    plan: program({
      run: [u("U.Call", ["Other", { n: 1 }], ["id"]), py("echo", [1]), say(text("{id}"))],
    }),
    expect: { said: ["execution of Other"] },
  },
];
