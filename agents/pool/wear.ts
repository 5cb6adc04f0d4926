/** Whether a worker process has done enough: user code leaks, and a fresh process is the one sure cure. */
export interface WearLimits {
  /** Calls answered by one process. */
  readonly maxCallsPerWorker: number;
  /** Memory that calls of the same process need more than its first ones did. */
  readonly maxGrowthMb: number;
}

/** Calls looked at: what a process has not given back for so many of them, it keeps. */
const window = 8;

export class Wear {
  readonly #limits: WearLimits;
  #calls = 0;
  #firstMb: number | undefined;
  #recentMb: number[] = [];
  #isSpent = false;

  constructor(limits: WearLimits) {
    this.#limits = limits;
  }

  /** A call's peak is at least what the process held when the call began. */
  add(memoryPeakMb: number): void {
    this.#calls += 1;
    this.#recentMb.push(memoryPeakMb);
    if (this.#recentMb.length > window) this.#recentMb.shift();
    if (this.#calls === window) this.#firstMb = Math.min(...this.#recentMb);
  }

  /** Whatever the figures say. */
  wearOut(): void {
    this.#isSpent = true;
  }

  get isWornOut(): boolean {
    if (this.#isSpent) return true;
    if (this.#calls >= this.#limits.maxCallsPerWorker) return true;
    return this.#firstMb !== undefined && Math.min(...this.#recentMb) - this.#firstMb > this.#limits.maxGrowthMb;
  }
}
