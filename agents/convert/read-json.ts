/**
 * Reads the JSON text of a language that keeps ints and floats apart (Python writes `1.0` for a float, and ints of any
 * length) into canonical values. `JSON.parse` alone would make one number of `1` and `1.0`.
 *
 * Numbers that it would change are written as tags before it reads them. Measured on 8 KB of rows (Node 24, shared
 * cores): 38 µs for `JSON.parse`, 52 µs here where no number is special, 90 µs where each row has one; a reviver with
 * access to the source text took 400 µs.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import { canonicalFloat, canonicalInt } from "./numbers.ts";

/** Between the delimiters of JSON as it is written without white space: integral floats, and ints that may be unsafe. */
const specialNumber = /(?<=[[,:])-?(?:\d+\.0|\d+(?:\.\d+)?[eE]\+\d+|\d{16,})(?=[,\]}])/g;

/** `text` is an object or array without white space between its tokens. */
export function readJson(text: string): unknown {
  specialNumber.lastIndex = 0;
  return JSON.parse(specialNumber.test(text) ? tagNumbers(text) : text);
}

function tagNumbers(text: string): string {
  const strings = new StringTracker(text);
  return text.replace(specialNumber, (source: string, at: number) =>
    strings.isInside(at) ? source : JSON.stringify(canonicalNumber(source)),
  );
}

function canonicalNumber(source: string): CanonicalValue {
  return /[.eE]/.test(source) ? canonicalFloat(Number(source)) : canonicalInt(BigInt(source));
}

/** Tells whether a place is inside a string, for places that are asked for in order. */
class StringTracker {
  readonly #text: string;
  #at = 0;
  #inside = false;

  constructor(text: string) {
    this.#text = text;
  }

  isInside(place: number): boolean {
    for (;;) {
      const quote = this.#text.indexOf('"', this.#at);
      if (quote === -1 || quote >= place) return this.#inside;
      if (!this.#inside || !this.#isEscaped(quote)) this.#inside = !this.#inside;
      this.#at = quote + 1;
    }
  }

  #isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (this.#text[quote - 1 - backslashes] === "\\") backslashes += 1;
    return backslashes % 2 === 1;
  }
}
