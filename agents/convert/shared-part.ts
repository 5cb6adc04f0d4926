/** Parts of values that lie in memory that the workers of one attempt share: elements of one type in an order. */
import type { CanonicalValue } from "@polyglot/contracts";
import { canonicalFloat, canonicalInt } from "./numbers.ts";

/**
 * Of elements. `f8` and `f4` floats, `i8` and `i4` ints, of 64 and 32 bits, little-endian; `u1` bytes; `n8` numbers of
 * JavaScript: as `f8`, but one that is integral is an int.
 */
export const sharedTypes = { f8: 8, f4: 4, i8: 8, i4: 4, n8: 8, u1: 1 } as const;
export type SharedType = keyof typeof sharedTypes;

export interface SharedPart {
  /** Of the file. */
  readonly name: string;
  readonly type: SharedType;
  /** Lengths from the outermost list to the innermost. */
  readonly shape: readonly number[];
}

/** Where the parts of an attempt's values lie. */
export interface SharedMemory {
  /** Throws where it is gone, or shorter. */
  read(part: SharedPart): Uint8Array;
}

export class SharedPartLost extends Error {}

const maxNesting = 32;

/** Undefined for anything that is no reference as a worker of ours writes one. */
export function parsePart(reference: unknown): SharedPart | undefined {
  if (!Array.isArray(reference) || reference.length !== 3) return undefined;
  const [name, type, shape] = reference as [unknown, unknown, unknown];
  if (typeof name !== "string" || !/^[\w-]{1,64}$/.test(name)) return undefined;
  if (typeof type !== "string" || !Object.hasOwn(sharedTypes, type)) return undefined;
  if (!Array.isArray(shape) || shape.length === 0 || shape.length > maxNesting) return undefined;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return undefined;
  return { name, type: type as SharedType, shape: shape as number[] };
}

export const countOf = ({ shape }: SharedPart): number => shape.reduce((product, length) => product * length, 1);
export const bytesOf = (part: SharedPart): number => countOf(part) * sharedTypes[part.type];

/** The references of a text, in their order. Text that is a string of its own holds the quotes escaped. */
export function partsIn(text: string): SharedPart[] {
  const parts: SharedPart[] = [];
  for (const [, reference = ""] of text.matchAll(/\{"\$shared":(\[[^\]]*\[[^\]]*\]\])\}/g)) {
    const part = parsePart(JSON.parse(reference));
    if (part === undefined) throw new SharedPartLost(`no reference to shared memory: ${reference.slice(0, 100)}`);
    parts.push(part);
  }
  return parts;
}

/** The one reference that a text is; undefined where it is anything else. */
export function wholePart(text: string): SharedPart | undefined {
  const reference = /^\{"\$shared":(\[.*\])\}$/.exec(text)?.[1];
  return reference === undefined || reference.includes("{") ? undefined : parsePart(JSON.parse(reference));
}

export const textOfPart = ({ name, type, shape }: SharedPart): string =>
  `{"$shared":${JSON.stringify([name, type, shape])}}`;

/** The value with lists and bytes in place of the references. */
export function plainOfParts(value: CanonicalValue, memory: SharedMemory): CanonicalValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => plainOfParts(item, memory));
  const entries = Object.entries(value);
  const part = entries.length === 1 && entries[0]?.[0] === "$shared" ? parsePart(entries[0][1]) : undefined;
  if (part !== undefined) return plainOf(part, memory.read(part));
  return Object.fromEntries(entries.map(([key, item]) => [key, plainOfParts(item, memory)]));
}

function plainOf({ type, shape }: SharedPart, bytes: Uint8Array): CanonicalValue {
  if (type === "u1") return { $bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64") };
  return nested(elementsOf(type, bytes), shape);
}

function elementsOf(type: Exclude<SharedType, "u1">, bytes: Uint8Array): CanonicalValue[] {
  const whole = bytes.slice().buffer;
  switch (type) {
    case "i8":
      return Array.from(new BigInt64Array(whole), canonicalInt);
    case "i4":
      return Array.from(new Int32Array(whole));
    case "f4":
      return Array.from(new Float32Array(whole), canonicalFloat);
    case "f8":
      return Array.from(new Float64Array(whole), canonicalFloat);
    case "n8":
      return Array.from(new Float64Array(whole), canonicalNumber);
  }
}

const canonicalNumber = (value: number): CanonicalValue =>
  Number.isSafeInteger(value) && !Object.is(value, -0) ? value : canonicalFloat(value);

function nested(elements: readonly CanonicalValue[], shape: readonly number[]): CanonicalValue {
  const [length = 0, ...inner] = shape;
  if (inner.length === 0) return [...elements];
  const size = inner.reduce((product, one) => product * one, 1);
  return Array.from({ length }, (_, at) => nested(elements.slice(at * size, (at + 1) * size), inner));
}
