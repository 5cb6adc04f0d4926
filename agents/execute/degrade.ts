/**
 * The strategy Degrade: what a part of an execution that uses too much does instead of being killed.
 *
 *     at ease ──too much CPU──> slowed: lowest priority, its processes stand still ──the mean is below the limit──> at ease
 *        └──too much memory──> held: lowest priority, no call begins, only the oldest one runs ──less memory──> at ease
 *                                      └──as much after the grace period──> killed
 *
 * A process that was given the lowest priority serves no further call.
 */
import type { Clock } from "@polyglot/service";
import type { Excess } from "./excess.ts";
import type { ServedCall, Usage } from "./usage.ts";

export interface DegradeParts {
  readonly usage: Usage;
  readonly clock: Clock;
  /** How long too much memory is borne. Milliseconds. */
  readonly graceMs: number;
  /** Told once, when it first uses too much. */
  readonly note: (excess: Excess) => void;
  readonly kill: (excess: Excess) => void;
}

export class Degrade {
  readonly #parts: DegradeParts;
  readonly #lowered = new WeakSet<ServedCall>();
  #isNoted = false;
  #tooMuchMemorySince: number | undefined;

  constructor(parts: DegradeParts) {
    this.#parts = parts;
  }

  async act(excess: Excess | undefined): Promise<void> {
    if (excess === undefined) return this.#relieve();
    if (!this.#isNoted) this.#parts.note(excess);
    this.#isNoted = true;
    await Promise.all(this.#parts.usage.open.map((call) => this.#lower(call)));
    if (excess.measure === "cpu") await this.#pause(this.#parts.usage.open);
    else await this.#hold(excess);
  }

  async #relieve(): Promise<void> {
    this.#tooMuchMemorySince = undefined;
    this.#parts.usage.admitAll();
    await Promise.all(this.#parts.usage.open.map(resume));
  }

  async #hold(excess: Excess): Promise<void> {
    const { usage, clock, graceMs, kill } = this.#parts;
    this.#tooMuchMemorySince ??= clock.monotonic();
    usage.hold();
    const [oldest, ...others] = usage.open;
    if (oldest !== undefined) await resume(oldest);
    await this.#pause(others);
    if (clock.monotonic() - this.#tooMuchMemorySince >= graceMs) kill(excess);
  }

  async #lower(call: ServedCall): Promise<void> {
    if (this.#lowered.has(call)) return;
    this.#lowered.add(call);
    call.serving.wearOut();
    await call.serving.tree.lowerPriority();
  }

  async #pause(calls: readonly ServedCall[]): Promise<void> {
    await Promise.all(calls.map((call) => this.#pauseOne(call)));
  }

  async #pauseOne(call: ServedCall): Promise<void> {
    if (call.isPaused) return;
    call.isPaused = true;
    await call.serving.tree.pause();
    // It has ended meanwhile, so nobody else would let it go on.
    if (!this.#parts.usage.open.includes(call)) await call.serving.tree.resume();
  }
}

async function resume(call: ServedCall): Promise<void> {
  if (!call.isPaused) return;
  call.isPaused = false;
  await call.serving.tree.resume();
}
