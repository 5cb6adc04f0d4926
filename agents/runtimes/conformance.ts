/**
 * What every runtime must do, whatever its language. Each case is a fact and a function that throws where it does not
 * hold; a language's folder brings the same functions in `conformance/lib`.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CanonicalValue, NativeTarget } from "@polyglot/contracts";
import { plainValue } from "../convert/held-value.ts";
import type { CallHooks, LogLine, NativeCall, NativeOutcome, RaisedError } from "./native-call.ts";

/** Kinds of values that functions are asked for: a language without types has one function for all of them. */
export type ConformanceKind =
  | "bool"
  | "int"
  | "largeInt"
  | "unboundedInt"
  | "float"
  | "text"
  | "bytes"
  | "datetime"
  | "ints"
  | "floats"
  | "map"
  | "taggedMap"
  | "intMap"
  | "mixedMap"
  | "optional"
  | "array"
  | "nested"
  | "mixed";

/** A function that answers what it is given, and the type that its parameter has. */
export interface Echo {
  readonly function: string;
  readonly type: string;
}

/** A way to fail, and what its error says. */
export interface ConformanceFailure {
  readonly call: ConformanceCall;
  /** By its lineage; the first is the class. */
  readonly lineage: readonly string[];
  readonly message: RegExp;
}

export interface ConformanceHost {
  readonly lang: "py" | "js" | "rust" | "cpp";
  /** Of each kind that the language has; the others stand in `lacks`. */
  readonly echoes: Readonly<Partial<Record<ConformanceKind, Echo>>>;
  /** What the language cannot have, and why: kinds, and facts by their text. */
  readonly lacks: Readonly<Record<string, string>>;
  readonly lineageOfRejected: readonly string[];
  readonly failures: readonly ConformanceFailure[];
  readonly misfits: readonly { readonly call: ConformanceCall; readonly message: RegExp }[];
  /** What `say` prints beside that of every language. */
  readonly saidBesides: readonly string[];
  /** Kinds that the language does not tell apart come back as this. */
  expected(value: CanonicalValue): CanonicalValue;
  call(call: ConformanceCall, hooks?: Partial<CallHooks>): Promise<NativeOutcome>;
  /** Puts the suite's bundle beside another one whose helper answers differently. */
  readonly otherBundle: string;
  /** Processes of the host whose command line holds the text. */
  processesNamed(text: string): Promise<readonly number[]>;
}

export interface ConformanceCall {
  readonly function: string;
  readonly arguments?: readonly { readonly name?: string; readonly value: CanonicalValue; readonly to?: string }[];
  readonly results?: readonly string[];
  readonly execution?: string;
  readonly bundle?: string;
  readonly signature?: NativeTarget["signature"];
}

export interface ConformanceCase {
  readonly fact: string;
  /**
   * What it depends on: the code around the user's functions, which each version of a language compiles or runs anew, or
   * the program that runs the calls, which is the same to all versions of a compiled language.
   */
  readonly about: "functions" | "calls";
  check(host: ConformanceHost): Promise<void>;
}

const roundTrips: Readonly<Record<ConformanceKind, readonly CanonicalValue[]>> = {
  bool: [true, false],
  int: [0, -1, 9007199254740991, { $int: "9007199254740993" }, { $int: "-9223372036854775808" }],
  largeInt: [{ $int: "18446744073709551615" }],
  unboundedInt: [{ $int: "-123456789012345678901234567890" }],
  float: [
    ...[0.1, -2.5e-300, 5e-324],
    ...["1", "-0", "NaN", "Infinity", "-Infinity", "1e+22", "1.7976931348623157e+308"].map(($float) => ({ $float })),
  ],
  text: ["", "plain", 'quotes " and $ and \\ and \u0000', "\u{1F600} \u{10FFFF} \u2028", "\b\f\n\r\t\u007f"],
  bytes: [{ $bytes: "" }, { $bytes: "AP+A" }, { $bytes: "AA==" }, { $bytes: "+/8=" }],
  datetime: [{ $datetime: "2026-01-15T10:30:00Z" }, { $datetime: "1969-12-31T23:59:59.5Z" }],
  ints: [[], [1, -2, { $int: "9007199254740993" }]],
  floats: [[], [1.5, { $float: "2" }, { $float: "-0" }]],
  map: [{}, { a: 1, "": 2 }, { ["__proto__"]: 1, constructor: 2 }],
  taggedMap: [{ $map: [["$int", 1]] }],
  intMap: [
    {
      $map: [
        [-1, "one"],
        [2, "two"],
      ],
    },
  ],
  mixedMap: [
    {
      $map: [
        [1, "one"],
        ["1", "text"],
        [{ $bytes: "AQ==" }, true],
      ],
    },
  ],
  optional: [null, 5],
  array: [[1, 2, 3]],
  nested: [[], [{}], [{ a: [1, null], b: [] }, {}]],
  mixed: [
    null,
    [[], {}, [null]],
    { a: [1, { $float: "2" }, { $bytes: "AQ==" }], b: { c: { $int: "18446744073709551616" } } },
  ],
};

export const conformanceCases: readonly ConformanceCase[] = [
  {
    fact: "every value survives the way into the language and back",
    about: "functions",
    async check(host) {
      for (const [kind, values] of Object.entries(roundTrips) as [ConformanceKind, CanonicalValue[]][]) {
        assert.notEqual(kind in host.echoes, kind in host.lacks, `${kind}: either it is there, or why not`);
        for (const value of kind in host.echoes ? values : []) {
          assert.deepEqual(await echoed(host, kind, value), host.expected(value), JSON.stringify(value));
        }
      }
    },
  },
  {
    fact: "a text of five megabytes survives",
    about: "calls",
    async check(host) {
      const text = "0123456789\u00e9".repeat(500_000);
      assert.equal(await echoed(host, "text", text), text);
    },
  },
  {
    fact: "an argument that does not fit its type is an error with the path to the element",
    about: "functions",
    async check(host) {
      for (const { call, message } of host.misfits) {
        const error = await errorOf(host, call);
        assert.equal(error.type, "pg\\!ConversionError");
        assert.match(error.message, message);
      }
    },
  },
  {
    fact: "a result that does not fit its type is an error with the path to the element",
    about: "functions",
    async check(host) {
      const { function: name, type } = echoFor(host, "nested");
      const error = await errorOf(host, {
        function: name,
        arguments: [{ value: [{ rows: [1, null] }], to: type }],
        results: ["pg\\list<dict<string,list<int>>>"],
      });
      assert.equal(error.type, "pg\\!ConversionError");
      assert.match(error.message, /^result\[0\]\.rows\[1\]: None has no converter/);
    },
  },
  {
    fact: "a result that no converter takes is an error with the path to the element",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, { function: "unconvertible", results: ["pg\\any"] });
      assert.equal(error.type, "pg\\!ConversionError");
      assert.match(error.message, /^result\.rows\[1\]\.price: ./);
    },
  },
  {
    fact: "an int becomes a float where a float is asked for, and stays an int elsewhere",
    about: "functions",
    async check(host) {
      const { function: name, type } = echoFor(host, "int");
      const call = { function: name, arguments: [{ value: 3, to: type }] };
      assert.deepEqual(valuesOf(await host.call({ ...call, results: ["pg\\float"] })), [{ $float: "3" }]);
      assert.deepEqual(valuesOf(await host.call({ ...call, results: ["pg\\any"] })), [3]);
    },
  },
  {
    fact: "an error has its class, its ancestors and its message",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, rejected);
      assert.equal(error.type, `${host.lang}\\!Rejected`);
      assert.deepEqual(error.lineage, host.lineageOfRejected);
      assert.equal(error.message, "not today");
    },
  },
  {
    fact: "the trace of an error has the user's own frames",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, rejected);
      assert.match(error.trace, /lib\/functions\.\w+/);
      assert.match(error.trace, /deeper/);
      assert.doesNotMatch(error.trace, /worker\.|\/bundles\//);
    },
  },
  {
    fact: "each way to fail is an error of its own name",
    about: "functions",
    async check(host) {
      for (const { call, lineage, message } of host.failures) {
        const error = await errorOf(host, call);
        assert.deepEqual([error.type, error.lineage], [`${host.lang}\\!${lineage[0]}`, lineage], error.message);
        assert.match(error.message, message);
      }
    },
  },
  {
    fact: "a function that does not exist is an error that names it",
    about: "calls",
    async check(host) {
      const error = await errorOf(host, { function: "no_such_function" });
      assert.match(error.message, /no_such_function/);
    },
  },
  {
    fact: "an asynchronous function is awaited",
    about: "functions",
    async check(host) {
      assert.equal(await valueOf(host, "later", ["soon"]), "soon");
    },
  },
  {
    fact: "what a generator yields is a list, also of an asynchronous one",
    about: "functions",
    async check(host) {
      assert.deepEqual(await valueOf(host, "count", [3]), [0, 1, 2]);
      assert.deepEqual(await valueOf(host, "count_later", [3]), [0, 1, 2]);
    },
  },
  {
    fact: "what a function prints are log lines of its call, with levels, also from child processes",
    about: "functions",
    async check(host) {
      const lines: LogLine[] = [];
      const outcome = await host.call(
        { function: "say", arguments: [{ value: "first" }] },
        { onLog: (line) => lines.push(line) },
      );
      assert.deepEqual(valuesOf(outcome), []);
      const texts = lines.map((line) => `${line.level} ${line.text}`).sort();
      const expected = [
        "info first",
        "info from a child",
        "info half a line",
        "info no end",
        ...host.saidBesides,
        "warning to stderr",
      ];
      assert.deepEqual(texts, expected.sort());
    },
  },
  {
    fact: "what is printed after its function has returned is no other call's",
    about: "calls",
    async check(host) {
      assert.deepEqual(await linesOf(host, "leave_printer"), []);
      assert.deepEqual(await linesOf(host, "release_printer"), ["my own"]);
    },
  },
  {
    fact: "a call that prints too many lines is told so once, and the rest is left out",
    about: "calls",
    async check(host) {
      const lines = await linesOf(host, "print_lines", 20_000);
      assert.deepEqual([lines.length, lines[9_998], lines[9_999]], [10_000, "9998", tooManyLines]);
    },
  },
  {
    fact: "a line without end is cut, and costs no memory beyond what is sent",
    about: "calls",
    async check(host) {
      const lines: LogLine[] = [];
      const call = { function: "print_without_end", arguments: [{ value: 256 }] };
      const { cost } = await host.call(call, { onLog: (line) => lines.push(line) });
      assert.deepEqual(
        lines.map(({ text }) => text),
        [`${"x".repeat(16_384)}…`],
      );
      assert.ok(cost.memoryPeakMb < 200, `${cost.memoryPeakMb} MB`);
    },
  },
  {
    fact: "bytes that are no text come as their replacement",
    about: "calls",
    async check(host) {
      assert.deepEqual(await linesOf(host, "print_bytes"), ["a\ufffd\u0000b"]);
    },
  },
  {
    fact: "what a child process wrote without a line's end is its call's, not the next one's",
    about: "calls",
    async check(host) {
      assert.deepEqual(await linesOf(host, "child_without_end"), ["half"]);
      assert.deepEqual(await linesOf(host, "child_without_end"), ["half"]);
    },
  },
  {
    fact: "a flood of a child process is cut with a note, and the next call's lines come",
    about: "calls",
    async check(host) {
      const lines = await linesOf(host, "flood_from_child", 200);
      assert.deepEqual([lines.length, lines[0], lines.at(-1)], [10_000, "y", tooManyLines]);
      assert.deepEqual(await linesOf(host, "print_lines", 1), ["0"]);
    },
  },
  {
    fact: "one result takes the whole of a tuple whose function is not known",
    about: "functions",
    async check(host) {
      assert.deepEqual(await valueOf(host, "pair", []), [1, "two"]);
    },
  },
  {
    fact: "several results take a tuple's elements",
    about: "functions",
    async check(host) {
      const both = await host.call({ function: "pair", results: ["pg\\int", "pg\\string"] });
      assert.deepEqual(valuesOf(both), [1, "two"]);
    },
  },
  {
    fact: "more results than a tuple has are an error",
    about: "functions",
    async check(host) {
      const error = await errorOf(host, { function: "pair", results: ["pg\\any", "pg\\any", "pg\\any"] });
      assert.equal(error.type, "pg\\!ConversionError");
      assert.match(error.message, /2 results were returned where 3 are bound/);
    },
  },
  {
    fact: "arguments go by name, in any order",
    about: "functions",
    async check(host) {
      assert.equal(await named(host, { third: "c", first: "a", second: 5 }), "a-5-c");
    },
  },
  {
    fact: "defaults hold for what is left out at the end",
    about: "functions",
    async check(host) {
      assert.equal(await named(host, { first: "a" }), "a-2-three");
      assert.equal(await named(host, { first: "a", second: 3 }), "a-3-three");
    },
  },
  {
    fact: "defaults hold for what is left out before another argument",
    about: "functions",
    async check(host) {
      assert.equal(await named(host, { first: "a", third: "c" }), "a-2-c");
    },
  },
  {
    fact: "what a file keeps stays from one call of a worker to the next",
    about: "calls",
    async check(host) {
      const own = { bundle: host.otherBundle, results: ["pg\\int"] };
      const first = valuesOf(await host.call({ function: "next_number", ...own }))[0];
      const second = valuesOf(await host.call({ function: "next_number", ...own }))[0];
      assert.deepEqual(second, Number(first) + 1);
    },
  },
  {
    fact: "a module of the bundle finds the modules beside it",
    about: "functions",
    async check(host) {
      assert.equal(await valueOf(host, "use_helper", []), "helper");
    },
  },
  {
    fact: "two bundles run side by side, each on its own code",
    about: "calls",
    async check(host) {
      const both = await Promise.all(
        [undefined, host.otherBundle].map((bundle) =>
          host.call({ function: "use_helper", results: ["pg\\any"], ...(bundle === undefined ? {} : { bundle }) }),
        ),
      );
      assert.deepEqual(both.map(valuesOf), [["helper"], ["another helper"]]);
    },
  },
  {
    fact: "the start is told before the first line of user code, and the cost after the last",
    about: "calls",
    async check(host) {
      const events: string[] = [];
      const outcome = await host.call(
        { function: "say", arguments: [{ value: "x" }] },
        { onStart: () => events.push("start"), onLog: () => events.push("line") },
      );
      assert.equal(events[0], "start");
      assert.ok(events.includes("line"));
      assert.ok(outcome.cost.memoryPeakMb > 1 && outcome.cost.durationMs > 0 && outcome.cost.conversionMs > 0);
    },
  },
  {
    fact: "an abort ends the process and the daemon it left behind before the call is settled",
    about: "calls",
    async check(host) {
      const token = randomUUID();
      const outcome = await hangAndAbort(host, token);
      assert.equal(outcome.kind, "stopped");
      assert.deepEqual(await host.processesNamed(token), []);
      assert.equal(await echoed(host, "text", "alive"), "alive");
    },
  },
  {
    fact: "an abort leaves the calls of other executions alone, those in line behind it included",
    about: "calls",
    async check(host) {
      await warmUp(host);
      const token = randomUUID();
      const others: Promise<NativeOutcome>[] = [];
      const outcome = await hangAndAbort(host, token, () => {
        for (let index = 0; index < 20; index += 1) others.push(echo(host, index));
      });
      assert.equal(outcome.kind, "stopped");
      assert.deepEqual(
        (await Promise.all(others)).map(valuesOf),
        Array.from({ length: 20 }, (_, index) => [index]),
      );
    },
  },
  {
    fact: "a call aborted before it begins stops, and the one that runs goes on",
    about: "calls",
    async check(host) {
      await warmUp(host);
      const running = host.call({
        function: "rest",
        arguments: [{ value: 0.2 }],
        results: ["pg\\any"],
        execution: "running",
      });
      const abort = new AbortController();
      const waiting = Array.from({ length: 40 }, () => echo(host, 1, { signal: abort.signal }));
      abort.abort();
      const kinds = (await Promise.all(waiting)).map((outcome) => outcome.kind);
      assert.deepEqual(new Set(kinds), new Set(["stopped"]));
      assert.deepEqual(valuesOf(await running), [0.2]);
    },
  },
  {
    fact: "a short function that blocks for once does not hold up the calls in line behind it",
    about: "calls",
    async check(host) {
      const several = Array.from({ length: 8 }, () => [""]);
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(several.map((values) => valueOf(host, "wait_for", values)));
      }
      const folder = await mkdtemp(join(tmpdir(), "polyglot-gate-"));
      await chmod(folder, 0o755);
      const blocked = valueOf(host, "wait_for", [join(folder, "gate")]);
      const others = Array.from({ length: 20 }, () => valueOf(host, "wait_for", [""]));
      assert.deepEqual(new Set(await Promise.all(others)), new Set([true]));
      await writeFile(join(folder, "gate"), "");
      assert.equal(await blocked, true);
      await rm(folder, { recursive: true });
    },
  },
  {
    fact: "a process that exits takes its own call with it and no other",
    about: "calls",
    check: (host) => onlyItsOwnCall(host, { function: "quit_process", arguments: [{ value: 7 }] }, /exit code 7/),
  },
  {
    fact: "a crash in native code takes its own call with it and no other",
    about: "calls",
    check: (host) => onlyItsOwnCall(host, { function: "crash" }, /SIG(SEGV|ABRT)/),
  },
];

const rejected = { function: "reject", arguments: [{ value: "not today" }] };

export const threeParameters: NonNullable<NativeTarget["signature"]> = {
  parameters: ["first", "second", "third"].map((name, index) => ({ name, optional: index > 0 })),
};

/** Of a language without types: one function for every kind. */
export const oneEcho = (type: string): ConformanceHost["echoes"] =>
  Object.fromEntries(Object.keys(roundTrips).map((kind) => [kind, { function: "echo", type }]));

function echoFor({ echoes }: ConformanceHost, kind: ConformanceKind): Echo {
  const found = echoes[kind];
  if (found === undefined) throw new Error(`the suite needs a function of ${kind}`);
  return found;
}

async function echoed(host: ConformanceHost, kind: ConformanceKind, value: CanonicalValue): Promise<CanonicalValue> {
  const { function: name, type } = echoFor(host, kind);
  const outcome = await host.call({ function: name, arguments: [{ value, to: type }], results: ["pg\\any"] });
  return valuesOf(outcome)[0] ?? null;
}

async function named(host: ConformanceHost, given: Readonly<Record<string, CanonicalValue>>): Promise<CanonicalValue> {
  const outcome = await host.call({
    function: "named",
    arguments: Object.entries(given).map(([name, value]) => ({ name, value })),
    results: ["pg\\string"],
    signature: threeParameters,
  });
  return valuesOf(outcome)[0] ?? null;
}

/** Enough calls that the function counts as short and further ones stand in line. */
async function warmUp(host: ConformanceHost): Promise<void> {
  for (let round = 0; round < 20; round += 1) await echoed(host, "int", round);
}

function echo(host: ConformanceHost, value: CanonicalValue, hooks: Partial<CallHooks> = {}): Promise<NativeOutcome> {
  const { function: name, type } = echoFor(host, "int");
  return host.call({ function: name, arguments: [{ value, to: type }], results: ["pg\\any"] }, hooks);
}

/** Runs a call that never returns, does `meanwhile` when it is known to run, and aborts it. */
async function hangAndAbort(
  host: ConformanceHost,
  token: string,
  meanwhile: () => void = () => undefined,
): Promise<NativeOutcome> {
  const abort = new AbortController();
  const hangs = Promise.withResolvers<void>();
  const outcome = host.call(
    { function: "hang", arguments: [{ value: token }] },
    { signal: abort.signal, onLog: (line) => line.text === "hanging" && hangs.resolve() },
  );
  try {
    await hangs.promise;
    // Between a process's start and the end of its exec, its command line is not to be seen.
    while ((await host.processesNamed(token)).length === 0);
    meanwhile();
  } finally {
    abort.abort({ graceMs: 50 });
  }
  return outcome;
}

async function onlyItsOwnCall(host: ConformanceHost, deadly: ConformanceCall, end: RegExp): Promise<void> {
  await warmUp(host);
  const before = Array.from({ length: 10 }, (_, index) => echo(host, index));
  const doomed = host.call(deadly);
  const after = Array.from({ length: 10 }, (_, index) => echo(host, index));
  const outcome = await doomed;
  assert.equal(outcome.kind, "error");
  assert.ok(outcome.kind === "error" && outcome.error.type.startsWith(`${host.lang}\\!`));
  assert.match(outcome.error.message, end);
  const values = (await Promise.all([...before, ...after])).map(valuesOf);
  assert.deepEqual(
    values,
    [...values.keys()].map((index) => [index % 10]),
  );
}

const tooManyLines = "further output is left out: a call may write 10000 lines";

/** What a call printed. */
async function linesOf(host: ConformanceHost, name: string, value?: CanonicalValue): Promise<string[]> {
  const lines: string[] = [];
  const call = { function: name, arguments: value === undefined ? [] : [{ value }] };
  valuesOf(await host.call(call, { onLog: ({ text }) => lines.push(text) }));
  return lines;
}

async function valueOf(
  host: ConformanceHost,
  name: string,
  values: readonly CanonicalValue[],
): Promise<CanonicalValue> {
  const outcome = await host.call({
    function: name,
    arguments: values.map((value) => ({ value })),
    results: ["pg\\any"],
  });
  return valuesOf(outcome)[0] ?? null;
}

function valuesOf(outcome: NativeOutcome): readonly CanonicalValue[] {
  assert.equal(outcome.kind, "values", JSON.stringify(outcome));
  return outcome.kind === "values" ? outcome.values.map(plainValue) : [];
}

async function errorOf(host: ConformanceHost, call: ConformanceCall): Promise<RaisedError> {
  const outcome = await host.call(call);
  assert.equal(outcome.kind, "error", JSON.stringify(outcome));
  if (outcome.kind !== "error") throw new Error("unreachable: asserted above");
  return outcome.error;
}

/** The seam's call for a call of the suite. */
export function nativeCall(
  lang: ConformanceHost["lang"],
  call: ConformanceCall,
  path: string,
  bundle: string,
): NativeCall {
  return {
    executionId: call.execution ?? randomUUID(),
    attemptNo: 1,
    node: "step",
    namespace: "conformance",
    target: {
      kind: "native",
      lang,
      origin: "bundle",
      path,
      function: call.function,
      bundle_digest: call.bundle ?? bundle,
      ...(call.signature === undefined ? {} : { signature: call.signature }),
    },
    arguments: (call.arguments ?? []).map((argument) => ({ ...argument, to: argument.to ?? "pg\\any" })),
    results: call.results ?? [],
  };
}
