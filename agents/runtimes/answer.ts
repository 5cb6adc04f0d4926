/** What a worker answered, as the outcome of a call: values under their types, or the error that was raised. */
import type { CanonicalValue } from "@polyglot/contracts";
import { formatPath } from "../convert/fit.ts";
import { readJson } from "../convert/read-json.ts";
import { retype } from "../convert/retype.ts";
import type { Language } from "./language.ts";
import type { CallCost, NativeCall, NativeOutcome, RaisedError } from "./native-call.ts";
import { conversionError } from "./polyglot-error.ts";
import { nameOfArgument, spreads } from "./request.ts";

/** Integers, so that no reader takes them for floats: µs, kB, µs, µs. */
type WorkerCost = readonly [cpuUs: number, peakKb: number, durationUs: number, conversionUs: number];

interface Answer {
  readonly cost: WorkerCost;
  readonly values?: readonly CanonicalValue[];
  readonly error?: { readonly lineage: readonly string[]; readonly message: string; readonly trace: string };
  /** Of a result, `path` begins with its number, or null where there is one only; of an argument, below it. */
  readonly conversion?: {
    /** Its place, or its name where it was given by keyword. */
    readonly argument?: number | string;
    readonly path: readonly (string | number | null)[];
    readonly message: string;
  };
}

export function readAnswer(body: string, call: NativeCall, language: Language): NativeOutcome {
  const answer = readJson(body) as Answer;
  const cost = costOf(answer.cost);
  if (answer.conversion !== undefined) return { kind: "error", error: misfitOf(answer.conversion, call), cost };
  if (answer.error !== undefined) return { kind: "error", error: raised(answer.error, language), cost };
  return takeValues(answer.values ?? [], call, cost);
}

function takeValues(values: readonly CanonicalValue[], call: NativeCall, cost: CallCost): NativeOutcome {
  const taken: CanonicalValue[] = [];
  for (const [index, type] of call.results.entries()) {
    const root = rootOf(spreads(call) ? index : null);
    const fitted = retype(values[index] ?? null, type, { root, namespace: call.namespace });
    if (fitted.kind === "misfit") return { kind: "error", error: conversionError(fitted), cost };
    taken.push(fitted.value);
  }
  return { kind: "values", values: taken, cost };
}

function misfitOf(conversion: NonNullable<Answer["conversion"]>, call: NativeCall): RaisedError {
  const { argument, message } = conversion;
  const [first = null, ...below] = conversion.path;
  const root = argument === undefined ? rootOf(first) : rootOfArgument(argument, call);
  const steps = (argument === undefined ? below : conversion.path).filter((step) => step !== null);
  return conversionError({ path: formatPath(root, steps), message });
}

const rootOfArgument = (argument: number | string, call: NativeCall): string =>
  typeof argument === "string" ? argument : nameOfArgument(call, argument);

const rootOf = (first: string | number | null): string =>
  typeof first === "number" ? `result ${first + 1}` : "result";

function raised(error: NonNullable<Answer["error"]>, language: Language): RaisedError {
  return { type: `${language.lang}\\!${error.lineage[0] ?? "Error"}`, ...error };
}

function costOf([cpuUs, peakKb, durationUs, conversionUs]: WorkerCost): CallCost {
  return {
    cpuTimeMs: cpuUs / 1000,
    memoryPeakMb: peakKb / 1024,
    durationMs: durationUs / 1000,
    conversionMs: conversionUs / 1000,
  };
}
