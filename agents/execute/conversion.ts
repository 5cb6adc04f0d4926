/** `|U.Convert.{Lang}.{Type}.To.{Lang}.{Type}`: what a value goes through between two types, as a line of its own. */
import { type CanonicalValue, parseConversionName } from "@polyglot/contracts";
import { numberOf } from "../stdlib/compare-values.ts";
import { type LibraryEnd, problem, values } from "../stdlib/library-function.ts";
import { retype } from "./retype.ts";

export const isConversion = (name: string): boolean => parseConversionName(name) !== undefined;

export const conversionParameters: readonly (readonly string[])[] = [["value"]];

export function convert(name: string, value: CanonicalValue, namespace: string): LibraryEnd {
  const { from, to } = parseConversionName(name) ?? { from: "pg\\any", to: "pg\\any" };
  const given = retype(value, "pg\\any", from, { name: "value", namespace });
  const taken = given.kind === "error" ? given : retype(given.value, from, to, { name: "value", namespace });
  if (taken.kind === "error") return problem("ConversionError", taken.error.message);
  const misfit = faultOfInt(taken.value, to);
  return misfit === undefined ? values(taken.value) : problem("ConversionError", misfit);
}

interface IntType {
  readonly bits: bigint;
  readonly isSigned: boolean;
}

const signed = (bits: bigint): IntType => ({ bits, isSigned: true });
const unsigned = (bits: bigint): IntType => ({ bits, isSigned: false });

/** Ints of the compiled languages have a width; those of the others have not. */
const widths: Readonly<Record<string, IntType>> = {
  "rust\\i8": signed(8n),
  "rust\\i16": signed(16n),
  "rust\\i32": signed(32n),
  "rust\\i64": signed(64n),
  "rust\\u8": unsigned(8n),
  "rust\\u16": unsigned(16n),
  "rust\\u32": unsigned(32n),
  "rust\\u64": unsigned(64n),
  "cpp\\int": signed(32n),
  "cpp\\long": signed(64n),
};

function faultOfInt(value: CanonicalValue, type: string): string | undefined {
  const width = Object.hasOwn(widths, type) ? widths[type] : undefined;
  if (width === undefined) return undefined;
  const { low, high } = rangeOf(width);
  const number = numberOf(value) ?? 0;
  return number >= low && number <= high ? undefined : `value: the int does not fit ${type}: ${low} to ${high}`;
}

function rangeOf({ bits, isSigned }: IntType): { readonly low: bigint; readonly high: bigint } {
  return isSigned
    ? { low: -(1n << (bits - 1n)), high: (1n << (bits - 1n)) - 1n }
    : { low: 0n, high: (1n << bits) - 1n };
}
