/** What ends a run, or a background branch, from outside, and what its cleanup is left then. */
import type { CleanupState, Plan } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { Branch } from "./branch.ts";
import type { Cause, Stop } from "./ending.ts";
import { cleanupGraceMs, type KillReason, type Limited, processGraceMs, watchUsage } from "./kill-rules.ts";
import { raised } from "./raised.ts";
import type { UsageWatch } from "./usage-watch.ts";

const severity = { none: 0, done: 1, failed: 2, abandoned: 3 } satisfies Record<CleanupState, number>;

/** Runs the kill's handler, where there is one, under the line of control of cleanup. */
type HandleKill = (limits: Plan["queue"]["kill"], reason: KillReason, cleanup: Branch) => Promise<void> | undefined;

export class Stopping {
  readonly run = new Branch();
  readonly #clock: Clock;
  readonly #limits: Plan["queue"]["kill"];
  #cleanup: Branch | undefined;
  #cleanupState: CleanupState = "none";
  #cause: Cause | undefined;
  /** Ends the waits for timeout and grace period. Most executions have neither. */
  #timers: AbortController | undefined;
  #watch: UsageWatch | undefined;
  readonly #handle: HandleKill;
  #handled: Promise<void> | undefined;

  constructor(clock: Clock, limits: Plan["queue"]["kill"], handle: HandleKill) {
    this.#clock = clock;
    this.#limits = limits;
    this.#handle = handle;
  }

  get cause(): Cause | undefined {
    return this.#cause;
  }

  /** What cleanup lines run under: only the end of the grace period, or a lost lease, ends it. */
  get cleanup(): Branch {
    if (this.#cleanup === undefined) {
      this.#cleanup = new Branch();
      if (this.#cause?.kind === "lost") this.#cleanup.abort();
    }
    return this.#cleanup;
  }

  get cleanupState(): CleanupState {
    return this.#cleanupState;
  }

  /** The worst of all cleanups, those of called pipelines included. */
  noteCleanup(state: CleanupState): void {
    if (severity[state] > severity[this.#cleanupState]) this.#cleanupState = state;
  }

  /** A lost lease overrides every other reason; else the first one counts, and a kill shortens the cleanup. */
  stop(stop: Stop): void {
    const isFirst = this.#cause === undefined;
    this.#cause = stop.kind === "lost" ? stop : (this.#cause ?? stop);
    this.#watch?.end();
    this.run.abort(stop.kind === "killed" ? processGraceMs(this.#limits) : undefined);
    if (stop.kind === "lost") this.#cleanup?.abort();
    if (stop.kind !== "killed") return;
    this.#limitCleanup();
    if (isFirst) this.#handled = this.#handle(this.#limits, stop, this.cleanup);
  }

  /** Resolves when the kill's handler has ended: cleanup begins after it. */
  async handled(): Promise<void> {
    await this.#handled;
  }

  /** `|Exit` in a branch: ends the others. */
  leave(code: number): void {
    this.#cause ??= { kind: "exit", code };
    this.run.abort();
  }

  /** Kills when the limit of time is over. */
  limitTime(kill: (stop: Stop) => void): void {
    const seconds = this.#limits?.timeout_seconds;
    if (seconds === undefined) return;
    const error = raised("TimeoutError", `the execution ran longer than its limit of ${seconds} s`);
    void this.#after(seconds * 1000, () => kill({ kind: "killed", error }));
  }

  /** Kills when native calls use too much. */
  limitUsage(limited: Limited): void {
    this.#watch = watchUsage(this.#limits, limited);
  }

  /** It has ended: nothing is left to limit. */
  ended(): void {
    this.#watch?.end();
    this.#timers?.abort();
  }

  #limitCleanup(): void {
    const graceMs = cleanupGraceMs(this.#limits);
    if (graceMs === 0) this.cleanup.abort(0);
    else void this.#after(graceMs, () => this.cleanup.abort());
  }

  async #after(ms: number, act: () => void): Promise<void> {
    this.#timers ??= new AbortController();
    const { signal } = this.#timers;
    await this.#clock.sleep(ms, signal);
    if (!signal.aborted) act();
  }
}
