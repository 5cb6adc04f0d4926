/** Lines that plans hold besides their own: those of the macros that a pipeline applies, and of all that it calls. */
import { sizes } from "../source/sizes.ts";

export class RepeatedLines {
  readonly limit: number;
  #sum = 0;

  /** For a source of so many lines. */
  constructor(lines: number) {
    this.limit = sizes.repeatedLines + sizes.repeatedLinesPerLine * lines;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Whether the lines may be repeated once more. */
  add(lines: number): boolean {
    this.#sum += lines;
    return this.#sum <= this.limit;
  }
}
