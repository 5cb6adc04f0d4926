import type { CanonicalValue } from "@polyglot/contracts";
import { retype as fitUnder } from "../convert/retype.ts";
import type { Evaluated } from "./evaluate.ts";
import { raised } from "./raised.ts";

/** Where a value goes: what messages call it, and the namespace that a text which names an enum's member is read in. */
export interface Place {
  readonly name: string;
  readonly namespace: string;
}

/** A value of one static type taken under another. The same type costs nothing. */
export function retype(value: CanonicalValue, from: string, type: string, { name, namespace }: Place): Evaluated {
  if (from === type) return { kind: "value", value };
  const fitted = fitUnder(value, type, { root: name, namespace });
  if (fitted.kind === "value") return fitted;
  return { kind: "error", error: raised("ConversionError", `${fitted.path}: ${fitted.message}`) };
}
