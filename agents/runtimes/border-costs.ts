/** What the values of a call cost on their ways in and out, by the language that each comes from. */
import type { NativeTarget } from "@polyglot/contracts";
import { HeldValue, type Value } from "../convert/held-value.ts";
import { bytesOf, partsIn } from "../convert/shared-part.ts";
import { writingMsOf } from "./answer.ts";
import type { BorderCost, NativeCall, NativeOutcome } from "./native-call.ts";

type Side = BorderCost["from"];

export const borderLimits = {
  /** Of both ways of a call together: what is less costs nothing that anybody would look for. */
  leastBytes: 4_096,
} as const;

/** How a call's texts were made and read on the agent's side. */
export interface Passage {
  /** Characters of each argument. */
  readonly given: readonly number[];
  readonly encodingMs: number;
  /** The worker's answer, as it wrote it; absent where it gave none. */
  readonly answer: string | undefined;
  readonly readingMs: number;
}

/** Which language made a value, as long as it is there. */
export class Origins {
  readonly #languages = new WeakMap<object, NativeTarget["lang"]>();

  note(values: readonly Value[], language: NativeTarget["lang"]): void {
    for (const value of values) if (value !== null && typeof value === "object") this.#languages.set(value, language);
  }

  of(value: Value): Side {
    return value !== null && typeof value === "object" ? (this.#languages.get(value) ?? "pg") : "pg";
  }
}

export class Borders {
  readonly #origins = new Origins();

  /** Adds to the outcome's cost what the agent and the worker took together. */
  note(call: NativeCall, outcome: NativeOutcome, { given, encodingMs, answer = "", readingMs }: Passage): void {
    const { cost } = outcome;
    const language = call.target.lang;
    const writingMs = writingMsOf(answer);
    const values = outcome.kind === "values" ? outcome.values : [];
    const borders = borderCosts({
      language,
      given: call.arguments.map(({ value }, index) => ({
        from: this.#origins.of(value),
        value,
        characters: given[index] ?? 0,
      })),
      inMs: encodingMs + cost.conversionMs - writingMs,
      answer: { values, characters: outcome.kind === "values" ? answer.length : 0 },
      outMs: writingMs + readingMs,
    });
    this.#origins.note(values, language);
    cost.conversionMs += encodingMs + readingMs;
    if (borders !== undefined) cost.borders = borders;
  }
}

export interface Crossing {
  readonly language: NativeTarget["lang"];
  readonly given: readonly { readonly from: Side; readonly value: Value; readonly characters: number }[];
  readonly inMs: number;
  readonly answer: { readonly values: readonly Value[]; readonly characters: number };
  readonly outMs: number;
}

/** Undefined where too little crossed. Time on the way in is shared out by bytes. */
export function borderCosts({ language, given, inMs, answer, outMs }: Crossing): readonly BorderCost[] | undefined {
  const ins = given.map(({ from, value, characters }) => ({ from, characters, sharedBytes: sharedBytesOf(value) }));
  const inBytes = ins.reduce((sum, one) => sum + one.characters + one.sharedBytes, 0);
  const outShared = answer.values.reduce<number>((sum, value) => sum + sharedBytesOf(value), 0);
  if (inBytes + answer.characters + outShared < borderLimits.leastBytes) return undefined;
  const byOrigin = new Map<Side, BorderCost>();
  for (const { from, characters, sharedBytes } of ins) {
    const before = byOrigin.get(from) ?? { from, to: language, bytes: 0, sharedBytes: 0, ms: 0 };
    const bytes = characters + sharedBytes;
    byOrigin.set(from, {
      ...before,
      bytes: before.bytes + bytes,
      sharedBytes: before.sharedBytes + sharedBytes,
      ms: before.ms + (inMs * bytes) / inBytes,
    });
  }
  const out = {
    from: language,
    to: "pg" as const,
    bytes: answer.characters + outShared,
    sharedBytes: outShared,
    ms: outMs,
  };
  return [...byOrigin.values(), ...(answer.values.length === 0 ? [] : [out])];
}

function sharedBytesOf(value: Value): number {
  if (!(value instanceof HeldValue) || value.memory === undefined) return 0;
  return partsIn(value.text).reduce((sum, part) => sum + bytesOf(part), 0);
}
