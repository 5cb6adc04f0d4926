/**
 * A background branch. It is a part of its run until that has ended; if it still runs then, it goes on as an execution of
 * its own, in the place of the one that it came from.
 *
 *     part of its run ──its end──> recorded with the run
 *            └── the run ends ──> an execution of its own ──its end──> reported
 */
import { type CleanupState, createExecutionId } from "@polyglot/contracts";
import type { LibrarySession } from "../library/library-session.ts";
import type { ControllerCalls } from "../stdlib/controller-calls.ts";
import type { Attempt, AttemptProgress, AttemptReport, AttemptSink } from "./attempt.ts";
import { BackgroundBranches } from "./background.ts";
import type { Branch } from "./branch.ts";
import { type Ending, endingOf, type Stop, withoutSecrets } from "./ending.ts";
import type { Flow } from "./flow.ts";
import type { ObtainedSecrets } from "./obtained-secrets.ts";
import type { RunningExecution, Unit } from "./frame.ts";
import { runKillHandler } from "./kill-handler.ts";
import type { PreparedPlan } from "./prepared-plan.ts";
import { AttemptRecord } from "./record.ts";
import { Stopping } from "./stopping.ts";
import { Usage } from "./usage.ts";

/** What it is as an execution of its own. */
interface Own {
  readonly attempt: Attempt;
  readonly record: AttemptRecord;
  readonly background: BackgroundBranches;
  readonly startedAt: number;
  readonly startedMonotonic: number;
}

export class BackgroundRun implements RunningExecution {
  /** Of the fork's line, with the prefix of the calls that led to it. */
  readonly node: string;
  readonly usage: Usage;
  readonly #outer: RunningExecution;
  readonly #stopping: Stopping;
  #own: Own | undefined;
  #isOver = false;
  readonly #over = Promise.withResolvers<Flow>();

  constructor(node: string, outer: RunningExecution, unit: Unit) {
    this.node = node;
    this.#outer = outer;
    this.usage = new Usage(unit.usage);
    this.#stopping = new Stopping(outer.clock, outer.killRules, (limits, reason, cleanup) =>
      this.#own === undefined ? undefined : runKillHandler(limits, reason, { execution: this, unit }, cleanup),
    );
  }

  get attempt(): Attempt {
    return this.#own?.attempt ?? this.#outer.attempt;
  }

  get record(): AttemptRecord {
    return this.#own?.record ?? this.#outer.record;
  }

  /** Branches within it are its own once it is an execution, and the run's before. */
  get background(): BackgroundBranches {
    return this.#own?.background ?? this.#outer.background;
  }

  get plan(): PreparedPlan {
    return this.#outer.plan;
  }

  get runtimes(): RunningExecution["runtimes"] {
    return this.#outer.runtimes;
  }

  get clock(): RunningExecution["clock"] {
    return this.#outer.clock;
  }

  get killRules(): RunningExecution["killRules"] {
    return this.#outer.killRules;
  }

  get onOutput(): RunningExecution["onOutput"] {
    return this.#outer.onOutput;
  }

  get share(): RunningExecution["share"] {
    return this.#outer.share;
  }

  get standIns(): RunningExecution["standIns"] {
    return this.#outer.standIns;
  }

  get host(): RunningExecution["host"] {
    return this.#outer.host;
  }

  /** What the run has opened there stays open until the last of its branches has ended. */
  get library(): LibrarySession {
    return this.#outer.library;
  }

  get secrets(): ObtainedSecrets {
    return this.#outer.secrets;
  }

  get sink(): AttemptSink {
    return this.#outer.sink;
  }

  get branch(): Branch {
    return this.#stopping.run;
  }

  get cleanup(): Branch {
    return this.#stopping.cleanup;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves at its end. */
  get over(): Promise<unknown> {
    return this.#over.promise;
  }

  /** Its lines have come to their end. */
  end(flow: Flow): void {
    this.#isOver = true;
    this.#stopping.ended();
    this.#over.resolve(flow);
  }

  /** What it does from now on is an execution's own. */
  becomeExecution(): void {
    const { clock, sink } = this;
    const { pipelineId, settings } = this.attempt;
    const own = { executionId: createExecutionId(), attemptNo: 1, pipelineId, inputs: {} };
    const attempt = settings === undefined ? own : { ...own, settings };
    const record = new AttemptRecord(attempt, sink, clock, this.secrets);
    record.takeOver(this.record, this.node);
    this.#own = {
      attempt,
      record,
      background: new BackgroundBranches(),
      startedAt: clock.now(),
      startedMonotonic: clock.monotonic(),
    };
    this.#stopping.limitTime((stop) => this.stop(stop));
    this.#stopping.limitUsage({
      usage: this.usage,
      host: this.share,
      clock,
      note: (step, text) => record.note(step, "warning", text),
      kill: (reason) => this.stop({ kind: "killed", ...reason }),
    });
  }

  /** How it ended as an execution; resolves when it has. */
  async report(): Promise<AttemptReport> {
    const flow = await this.#over.promise;
    await this.handled();
    if (this.#own === undefined) throw new Error("a branch is reported once it is an execution of its own");
    const { record, startedAt } = this.#own;
    record.flush();
    record.cost.durationMs = this.ageMs;
    return {
      ...withoutSecrets(this.#endingOf(flow), this.secrets),
      cleanup: this.#stopping.cleanupState,
      steps: record.steps,
      cost: record.cost,
      branching: record.branching,
      waitMs: 0,
      startedAt,
      endedAt: this.clock.now(),
    };
  }

  /** Since it is an execution of its own. Milliseconds. */
  get ageMs(): number {
    return this.#own === undefined ? 0 : this.clock.monotonic() - this.#own.startedMonotonic;
  }

  progress(): AttemptProgress {
    const progress = this.record.progress();
    return { ...progress, cost: { ...progress.cost, durationMs: this.ageMs } };
  }

  stop(stop: Stop): void {
    this.#stopping.stop(stop);
    this.#own?.background.stop(stop);
  }

  /** `|Exit` in it ends it alone. */
  leave(code: number): void {
    this.#stopping.leave(code);
  }

  handled(): Promise<void> {
    return this.#stopping.handled();
  }

  noteCleanup(state: CleanupState): void {
    this.#stopping.noteCleanup(state);
  }

  controllerCalls(
    ...[pipelineId, node, signal, caller = this]: Parameters<RunningExecution["controllerCalls"]>
  ): ControllerCalls {
    return this.#outer.controllerCalls(pipelineId, node, signal, caller);
  }

  /** What it follows may have been ended without it. An error of it is final: it cannot begin again in its middle. */
  #endingOf(flow: Flow): Ending {
    const followed = { kind: "cancelled", reason: "the branch that it follows was ended" } as const;
    const ending = endingOf(this.#stopping.cause ?? followed, flow, {});
    return ending.error === undefined ? ending : { ...ending, error: { ...ending.error, isFinal: true } };
  }
}
