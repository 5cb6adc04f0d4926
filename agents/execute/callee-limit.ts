/**
 * A called pipeline with `|Q.Kill.…` lines of its own, which hold for its call.
 *
 *     running ──its end──> ended                        what it came to is the call's
 *        │ time, CPU or memory
 *        └──> stopping ──> cleaned up ──> ended         the kill's error at the call, after handler and cleanup
 *
 * A branch `[b]` of it is no part of the call and goes on.
 */
import type { PlanBody } from "@polyglot/contracts";
import type { Branch } from "./branch.ts";
import { failed } from "./flow.ts";
import type { Frame, Unit } from "./frame.ts";
import { runKillHandler } from "./kill-handler.ts";
import { cleanupGraceMs, type KillReason, processGraceMs, watchUsage } from "./kill-rules.ts";
import { at, raised } from "./raised.ts";
import type { UnitEnd } from "./unit.ts";
import { Usage } from "./usage.ts";

/** What a called pipeline runs under. */
interface Lines {
  readonly run: Branch;
  readonly cleanup: () => Branch;
  readonly usage: Usage;
}

type Run = (lines: Lines) => Promise<UnitEnd>;

export function runCallee({ kill }: PlanBody, frame: Frame, node: string, run: Run): Promise<UnitEnd> {
  const { branch, unit } = frame;
  const isLimited = [kill?.timeout_seconds, kill?.cpu_percent, kill?.memory_bytes, kill?.memory_percent].some(
    (limit) => limit !== undefined,
  );
  if (!isLimited) return run({ run: branch, cleanup: () => unit.cleanup(), usage: unit.usage });
  return new LimitedCall(kill, frame, node).run(run);
}

class LimitedCall {
  readonly #rules: PlanBody["kill"];
  readonly #frame: Frame;
  readonly #node: string;
  readonly #inner: Branch;
  readonly #outerCleanup: Branch;
  readonly #cleanup: Branch;
  readonly #usage: Usage;
  readonly #ended = new AbortController();
  #reason: KillReason | undefined;
  #handled: Promise<void> | undefined;

  constructor(rules: PlanBody["kill"], frame: Frame, node: string) {
    this.#rules = rules;
    this.#frame = frame;
    this.#node = node;
    this.#inner = frame.branch.fork();
    this.#outerCleanup = frame.unit.cleanup();
    this.#cleanup = this.#outerCleanup.fork();
    this.#usage = new Usage(frame.unit.usage);
  }

  async run(run: Run): Promise<UnitEnd> {
    const { branch } = this.#frame;
    const watch = this.#watch();
    // A kill that comes when the lines have ended finds nothing to end.
    void this.#limitTime();
    const end = await run({ run: this.#inner, cleanup: () => this.#cleanup, usage: this.#usage }).finally(() =>
      watch?.end(),
    );
    await this.#handled;
    this.#ended.abort();
    branch.release(this.#inner);
    this.#outerCleanup.release(this.#cleanup);
    if (this.#reason === undefined || end.flow.kind !== "stopped" || branch.ended) return end;
    return { flow: failed(at(this.#reason.step ?? this.#node, this.#reason.error)), outputs: {} };
  }

  #watch() {
    const { execution } = this.#frame;
    return watchUsage(this.#rules, {
      usage: this.#usage,
      host: execution.share,
      clock: execution.clock,
      note: (step, text) => execution.record.note(step, "warning", text),
      kill: (reason) => this.#kill(reason),
    });
  }

  async #limitTime(): Promise<void> {
    const seconds = this.#rules?.timeout_seconds;
    if (seconds === undefined) return;
    const message = `the called pipeline ran longer than its limit of ${seconds} s`;
    if (await this.#sleep(seconds * 1000)) this.#kill({ error: raised("TimeoutError", message) });
  }

  #kill(reason: KillReason): void {
    if (this.#reason !== undefined || this.#ended.signal.aborted) return;
    this.#reason = reason;
    this.#inner.abort(processGraceMs(this.#rules));
    void this.#limitCleanup();
    this.#handled = runKillHandler(this.#rules, reason, this.#around(), this.#cleanup);
  }

  async #limitCleanup(): Promise<void> {
    const graceMs = cleanupGraceMs(this.#rules);
    if (graceMs === 0 || (await this.#sleep(graceMs))) this.#cleanup.abort(graceMs === 0 ? 0 : undefined);
  }

  /** False where the call ended before. */
  async #sleep(ms: number): Promise<boolean> {
    await this.#frame.execution.clock.sleep(ms, this.#ended.signal);
    return !this.#ended.signal.aborted;
  }

  #around(): { readonly execution: Frame["execution"]; readonly unit: Unit } {
    const { execution, unit } = this.#frame;
    return { execution, unit: { ...unit, prefix: `${this.#node}/`, cleanup: () => this.#cleanup } };
  }
}
