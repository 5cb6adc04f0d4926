/** Looks at what calls use, every `lookMs` as long as one runs, and tells whether it is too much. */
import type { Clock } from "@polyglot/service";
import { type Bounds, type Excess, excessOf, type HostShare } from "./excess.ts";
import type { Usage, UsageReading } from "./usage.ts";

export interface UsageWatchParts {
  readonly usage: Usage;
  readonly bounds: Bounds;
  readonly host: HostShare;
  readonly clock: Clock;
  /** Called after each look. */
  readonly act: (excess: Excess | undefined) => Promise<void> | void;
}

export class UsageWatch {
  readonly #parts: UsageWatchParts;
  readonly #over = new AbortController();
  /** The last window, and the reading before it. */
  readonly #readings: UsageReading[] = [];
  #isLooking = false;

  constructor(parts: UsageWatchParts) {
    this.#parts = parts;
    this.#readings.push({ at: parts.clock.monotonic(), cpuMs: 0, memoryBytes: 0, largest: "", busiest: "" });
    parts.usage.watch(() => {
      if (!this.#isLooking) void this.#look();
    });
  }

  end(): void {
    this.#over.abort();
  }

  async #look(): Promise<void> {
    const { usage, host, clock } = this.#parts;
    const { signal } = this.#over;
    this.#isLooking = true;
    while (!signal.aborted && usage.open.length > 0) {
      await clock.sleep(host.lookMs, signal);
      if (!signal.aborted) await this.#lookOnce();
    }
    this.#isLooking = false;
  }

  async #lookOnce(): Promise<void> {
    const { usage, bounds, host, clock, act } = this.#parts;
    this.#keep(await usage.read(clock.monotonic()));
    const excess = excessOf(this.#readings, bounds, host);
    const found = excess?.measure === "memory" ? await this.#confirmed(excess) : excess;
    if (!this.#over.signal.aborted) await act(found);
  }

  /** Processes that share memory were counted as if they did not. */
  async #confirmed(excess: Excess): Promise<Excess | undefined> {
    const used = await this.#parts.usage.exactMemoryBytes();
    return used > excess.limit ? { ...excess, used } : undefined;
  }

  #keep(reading: UsageReading): void {
    this.#readings.push(reading);
    const { cpuWindowMs } = this.#parts.host;
    while ((this.#readings[1]?.at ?? Number.POSITIVE_INFINITY) <= reading.at - cpuWindowMs) this.#readings.shift();
  }
}
