export interface BarTimes {
  readonly startMs: number;
  /** The beginning of the duration. */
  readonly waitMs: number;
  readonly durationMs: number;
}

/** Where times of an attempt stand in a bar of so many cells: a wait first, then the run to scale. */
export class TimeAxis {
  readonly #cells: number;
  readonly #waitCells: number;
  readonly #startMs: number;
  readonly #runMs: number;

  /** A wait takes a quarter of the cells at most: however long it was, the run must be seen. */
  constructor(cells: number, span: { readonly waitMs: number; readonly startMs: number; readonly endMs: number }) {
    const { waitMs, startMs, endMs } = span;
    this.#cells = cells;
    this.#startMs = startMs;
    this.#runMs = Math.max(endMs - startMs, 1);
    const share = Math.round((waitMs / (waitMs + this.#runMs)) * cells);
    this.#waitCells = waitMs <= 0 ? 0 : Math.min(Math.max(share, 1), Math.floor(cells / 4));
  }

  wait(mark: string): string {
    return mark.repeat(this.#waitCells);
  }

  /** The last cell, and so at least one, has the mark of the run, whatever the times. */
  bar(times: BarTimes, wait: string, run: string): string {
    const { startMs, waitMs, durationMs } = times;
    const from = Math.min(this.#cellAt(startMs), this.#cells - 1);
    const to = Math.max(this.#cellAt(startMs + durationMs), from + 1);
    const begun = Math.min(Math.max(this.#cellAt(startMs + waitMs), from), to - 1);
    return " ".repeat(from) + wait.repeat(begun - from) + run.repeat(to - begun);
  }

  #cellAt(ms: number): number {
    const share = Math.min(Math.max((ms - this.#startMs) / this.#runMs, 0), 1);
    return this.#waitCells + Math.round(share * (this.#cells - this.#waitCells));
  }
}
