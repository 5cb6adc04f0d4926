/** Rows of a result as maps, within limits. */
import type { CanonicalValue } from "@polyglot/contracts";
import { Refused } from "../given.ts";
import { databaseLimits } from "./database-limits.ts";
import { mapOf } from "./map-of.ts";

export function checkColumns(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new Refused(
    "ValidationError",
    `two columns of the result are named '${twice}': give one another name with 'as'`,
  );
}

export const rowOf = (names: readonly string[], values: readonly CanonicalValue[]): CanonicalValue =>
  mapOf(names.map((name, index) => [name, values[index] ?? null]));

/** What one result holds so far; refuses the row that is too many. */
export class ResultSize {
  readonly #maxBytes: number;
  #rows = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get rows(): number {
    return this.#rows;
  }

  /** `bytes`: of the row as the database sends it. */
  add(bytes: number): void {
    this.#rows += 1;
    this.#bytes += bytes;
    if (this.#rows > databaseLimits.maxRows) {
      throw new Refused(
        "ResourceError",
        `the result has more than ${databaseLimits.maxRows} rows; ask for fewer with 'limit'`,
      );
    }
    if (this.#bytes > this.#maxBytes) {
      throw new Refused(
        "ResourceError",
        `the result is larger than ${this.#maxBytes} bytes; ask for fewer rows or columns`,
      );
    }
  }
}
