/** What a worker answered, as the outcome of a call: values under their types, or the error that was raised. */
import type { CanonicalValue } from "@polyglot/contracts";
import { formatPath } from "../convert/fit.ts";
import { keepsText, retypedPart } from "../convert/held-argument.ts";
import { HeldValue, type Value } from "../convert/held-value.ts";
import { readJson } from "../convert/read-json.ts";
import { retype } from "../convert/retype.ts";
import { shapeOf } from "../convert/shape.ts";
import { SharedPartLost } from "../convert/shared-part.ts";
import type { Language } from "./language.ts";
import type { CallCost, NativeCall, NativeOutcome, RaisedError } from "./native-call.ts";
import { conversionError, polyglotError } from "./polyglot-error.ts";
import { nameOfArgument, spreads } from "./request.ts";
import type { AttemptMemory } from "./shared-memory.ts";

/** Integers, so that no reader takes them for floats: µs, kB, µs, µs, and of these µs for what the function gave. */
type WorkerCost = readonly [cpuUs: number, peakKb: number, durationUs: number, conversionUs: number, writingUs: number];

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

/** Shorter ones are read at once: that costs less than to keep them. Characters. */
const leastHeld = 512;

const partMark = '{"$shared":';

/** One value that its text stands for: what the cost is followed by. */
const oneValue = /^\{"cost":\[(\d+),(\d+),(\d+),(\d+),(\d+)\],"values":\[/;

export function readAnswer(
  body: string,
  call: NativeCall,
  language: Language,
  memory: AttemptMemory | undefined,
): NativeOutcome {
  try {
    return held(body, call, memory) ?? readWhole(body, call, language, body.includes(partMark) ? memory : undefined);
  } catch (problem) {
    if (!(problem instanceof SharedPartLost)) throw problem;
    const error = polyglotError("RuntimeError", `what ${call.target.function} returned is lost: ${problem.message}`);
    return { kind: "error", error, cost: costOf([]) };
  }
}

function held(body: string, call: NativeCall, memory: AttemptMemory | undefined): NativeOutcome | undefined {
  const [type] = call.results;
  if (type === undefined || spreads(call)) return undefined;
  const [head, ...cost] = oneValue.exec(body) ?? [];
  const shape = shapeOf(type);
  if (head === undefined || shape === undefined) return undefined;
  const text = body.slice(head.length, -2);
  const isShared = text.includes(partMark);
  if (!isShared && text.length < leastHeld) return undefined;
  if (isShared && memory === undefined) return undefined;
  if (!keepsText(text, shape)) {
    const retyped = isShared ? retypedPart(text, shape) : undefined;
    if (retyped === undefined || memory === undefined) return undefined;
    return { kind: "values", values: [memory.hold(retyped)], cost: costOf(cost.map(Number)) };
  }
  const value = memory === undefined ? new HeldValue(text) : memory.hold(text);
  return { kind: "values", values: [value], cost: costOf(cost.map(Number)) };
}

function readWhole(
  body: string,
  call: NativeCall,
  language: Language,
  memory: AttemptMemory | undefined,
): NativeOutcome {
  const answer = readJson(body) as Answer;
  const cost = costOf(answer.cost);
  if (answer.conversion !== undefined) {
    const hasNotRun = answer.conversion.argument !== undefined;
    return { kind: "error", error: misfitOf(answer.conversion, call), cost, hasNotRun };
  }
  if (answer.error !== undefined) return { kind: "error", error: raised(answer.error, language), cost };
  return takeValues(answer.values ?? [], call, cost, memory);
}

function takeValues(
  values: readonly CanonicalValue[],
  call: NativeCall,
  cost: CallCost,
  memory: AttemptMemory | undefined,
): NativeOutcome {
  const taken: Value[] = [];
  for (const [index, type] of call.results.entries()) {
    const root = rootOf(spreads(call) ? index : null);
    const given = memory === undefined ? (values[index] ?? null) : withParts(values[index] ?? null, type, memory);
    if (given instanceof HeldValue) {
      taken.push(given);
      continue;
    }
    const fitted = retype(given, type, { root, namespace: call.namespace });
    if (fitted.kind === "misfit") return { kind: "error", error: conversionError(fitted), cost };
    taken.push(fitted.value);
  }
  return { kind: "values", values: taken, cost };
}

/** A value with parts in shared memory stays as it is where its type allows that, and is read where it does not. */
function withParts(given: CanonicalValue, type: string, memory: AttemptMemory): Value {
  const text = JSON.stringify(given);
  if (!text.includes(partMark)) return given;
  const shape = shapeOf(type);
  if (shape !== undefined && keepsText(text, shape)) return memory.hold(text);
  const retyped = shape === undefined ? undefined : retypedPart(text, shape);
  return retyped === undefined ? memory.hold(text).value : memory.hold(retyped);
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

/** Of the conversion, what the worker took for what the function gave. */
export const writingMsOf = (body: string): number =>
  Number(/^\{"cost":\[\d+,\d+,\d+,\d+,(\d+)\]/.exec(body)?.[1] ?? 0) / 1000;

function costOf([cpuUs = 0, peakKb = 0, durationUs = 0, conversionUs = 0]: readonly number[]): CallCost {
  return {
    cpuTimeMs: cpuUs / 1000,
    memoryPeakMb: peakKb / 1024,
    durationMs: durationUs / 1000,
    conversionMs: conversionUs / 1000,
  };
}
