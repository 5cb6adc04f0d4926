/** Calls of the suite, and what they answered. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { CanonicalValue, NativeTarget } from "@polyglot/contracts";
import { plainValue } from "../../convert/held-value.ts";
import type { CallHooks, NativeCall, NativeOutcome, RaisedError } from "../native-call.ts";
import type { ConformanceCall, ConformanceHost, ConformanceKind, Echo } from "./case.ts";
import { roundTrips } from "./round-trips.ts";

export const rejected = { function: "reject", arguments: [{ value: "not today" }] };

export const threeParameters: NonNullable<NativeTarget["signature"]> = {
  parameters: ["first", "second", "third"].map((name, index) => ({ name, optional: index > 0 })),
};

/** Of a language without types: one function for every kind. */
export const oneEcho = (type: string): ConformanceHost["echoes"] =>
  Object.fromEntries(Object.keys(roundTrips).map((kind) => [kind, { function: "echo", type }]));

export function echoFor({ echoes }: ConformanceHost, kind: ConformanceKind): Echo {
  const found = echoes[kind];
  if (found === undefined) throw new Error(`the suite needs a function of ${kind}`);
  return found;
}

export async function echoed(
  host: ConformanceHost,
  kind: ConformanceKind,
  value: CanonicalValue,
): Promise<CanonicalValue> {
  const { function: name, type } = echoFor(host, kind);
  const outcome = await host.call({ function: name, arguments: [{ value, to: type }], results: ["pg\\any"] });
  return valuesOf(outcome)[0] ?? null;
}

export async function named(
  host: ConformanceHost,
  given: Readonly<Record<string, CanonicalValue>>,
): Promise<CanonicalValue> {
  const outcome = await host.call({
    function: "named",
    arguments: Object.entries(given).map(([name, value]) => ({ name, value })),
    results: ["pg\\string"],
    signature: threeParameters,
  });
  return valuesOf(outcome)[0] ?? null;
}

/** Enough calls that the function counts as short and further ones stand in line. */
export async function warmUp(host: ConformanceHost): Promise<void> {
  for (let round = 0; round < 20; round += 1) await echoed(host, "int", round);
}

export function echo(
  host: ConformanceHost,
  value: CanonicalValue,
  hooks: Partial<CallHooks> = {},
): Promise<NativeOutcome> {
  const { function: name, type } = echoFor(host, "int");
  return host.call({ function: name, arguments: [{ value, to: type }], results: ["pg\\any"] }, hooks);
}

/** Runs a call that never returns, does `meanwhile` when it is known to run, and aborts it. */
export async function hangAndAbort(
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

export async function onlyItsOwnCall(host: ConformanceHost, deadly: ConformanceCall, end: RegExp): Promise<void> {
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

export const tooManyLines = "further output is left out: a call may write 10000 lines";

/** What a call printed. */
export async function linesOf(host: ConformanceHost, name: string, value?: CanonicalValue): Promise<string[]> {
  const lines: string[] = [];
  const call = { function: name, arguments: value === undefined ? [] : [{ value }] };
  valuesOf(await host.call(call, { onLog: ({ text }) => lines.push(text) }));
  return lines;
}

export async function valueOf(
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

export function valuesOf(outcome: NativeOutcome): readonly CanonicalValue[] {
  assert.equal(outcome.kind, "values", JSON.stringify(outcome));
  return outcome.kind === "values" ? outcome.values.map(plainValue) : [];
}

export async function errorOf(host: ConformanceHost, call: ConformanceCall): Promise<RaisedError> {
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
