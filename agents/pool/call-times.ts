/** How long the calls of a function have lately taken, to tell the short ones. */
export class CallTimes {
  readonly #expectedMs = new Map<string, number>();
  /** Functions remembered; the oldest goes first. */
  readonly #limit = 1_000;

  /** Undefined for a function that has not been called yet. Milliseconds. */
  expectedMs(functionName: string): number | undefined {
    return this.#expectedMs.get(functionName);
  }

  /** Half the past, half the present: after the import in its first call a function counts as short within a few more. */
  add(functionName: string, durationMs: number): void {
    const past = this.#expectedMs.get(functionName);
    if (past === undefined && this.#expectedMs.size >= this.#limit) this.#forgetOldest();
    this.#expectedMs.set(functionName, past === undefined ? durationMs : (past + durationMs) / 2);
  }

  #forgetOldest(): void {
    const [oldest] = this.#expectedMs.keys();
    if (oldest !== undefined) this.#expectedMs.delete(oldest);
  }
}
