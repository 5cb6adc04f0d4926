/**
 * One attempt of one execution, from its start to its report.
 *
 *     running ──> ended                          the run came to its end, with or without an error
 *        │ stop
 *        └──> stopping ──> cleaned up ──> ended  cancelled, killed (cleanup within the grace period), or lost (no cleanup)
 */
import { type CleanupState, type PipelineId, type PlanBody, splitPipelineId } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { LibrarySession } from "../library/library-session.ts";
import type { LibraryWorkers } from "../library/library-workers.ts";
import type { NativeRuntimes } from "../runtimes/native-call.ts";
import type { CallingStep, ControllerCalls, NamedConnection } from "../stdlib/controller-calls.ts";
import type { HostLoad } from "../stdlib/library-function.ts";
import type { Attempt, AttemptProgress, AttemptReport, AttemptSink } from "./attempt.ts";
import { BackgroundBranches } from "./background.ts";
import { describeLeft } from "./left-open.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { endingOf, type Stop, withoutSecrets } from "./ending.ts";
import type { HostShare } from "./excess.ts";
import { stopped } from "./flow.ts";
import type { Unit } from "./frame.ts";
import { GuardedCalls } from "./guarded-calls.ts";
import { Journal } from "./journal.ts";
import { ObtainedSecrets } from "./obtained-secrets.ts";
import { runKillHandler } from "./kill-handler.ts";
import type { PreparedPlan } from "./prepared-plan.ts";
import { type RunError, raised } from "./raised.ts";
import { AttemptRecord } from "./record.ts";
import { refusalOfSettings } from "./refusal.ts";
import type { StandIns } from "./stand-in.ts";
import { shareOf } from "./settings.ts";
import { Stopping } from "./stopping.ts";
import { runUnit, type UnitEnd } from "./unit.ts";
import { Usage } from "./usage.ts";

export interface ExecutionParts {
  readonly runtimes: Pick<NativeRuntimes, "call" | "problemOf" | "endAttempt">;
  readonly library: Pick<LibraryWorkers, "openSession">;
  readonly clock: Clock;
  readonly sink: AttemptSink;
  /** Load of the host, for the standard library. */
  readonly host: () => HostLoad;
  /** What of the host percentages of kills are of. */
  readonly share: HostShare;
  /** What a step may ask of the controller. */
  readonly controller: (step: CallingStep) => ControllerCalls;
  /** Where a durable execution commits how its steps end; the signal ends the calls of it. */
  readonly checkpoints: (attempt: Attempt, signal: AbortSignal) => Checkpoints;
  /** Of a test of a pipeline. */
  readonly standIns?: StandIns;
}

export class Execution {
  readonly attempt: Attempt;
  readonly plan: PreparedPlan;
  readonly runtimes: Pick<NativeRuntimes, "call" | "endAttempt">;
  readonly clock: Clock;
  readonly sink: AttemptSink;
  readonly host: () => HostLoad;
  readonly share: HostShare;
  readonly standIns: StandIns | undefined;
  readonly usage = new Usage();
  readonly record: AttemptRecord;
  /** Those of its background branches, too. */
  readonly secrets = new ObtainedSecrets();
  readonly background = new BackgroundBranches();
  readonly #connections = new Map<string, NamedConnection>();
  readonly #controller: ExecutionParts["controller"];
  readonly #checkpoints: ExecutionParts["checkpoints"];
  /** Calls of each step to the controller so far. */
  readonly #calls = new Map<string, number>();
  readonly #workers: Pick<LibraryWorkers, "openSession">;
  #library: LibrarySession | undefined;
  readonly #stopping: Stopping;
  readonly #refusal: RunError | undefined;
  #output = 0;
  #isEnded = false;
  #startedMonotonic: number | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(attempt: Attempt, plan: PreparedPlan, parts: ExecutionParts) {
    this.attempt = attempt;
    this.plan = plan;
    this.runtimes = parts.runtimes;
    this.#workers = parts.library;
    this.clock = parts.clock;
    this.sink = parts.sink;
    this.host = parts.host;
    this.standIns = parts.standIns;
    this.share = shareOf(parts.share, attempt.settings);
    this.#refusal = plan.refusal ?? refusalOfSettings(attempt.settings, parts.runtimes);
    this.#controller = parts.controller;
    this.#checkpoints = parts.checkpoints;
    this.record = new AttemptRecord(attempt, parts.sink, parts.clock, this.secrets);
    this.#stopping = new Stopping(parts.clock, this.killRules, (limits, reason, cleanup) =>
      runKillHandler(limits, reason, { execution: this, unit: this.#unit() }, cleanup),
    );
  }

  /** Those of the controller's objects, its own lines among them, or its own lines alone. */
  get killRules(): PlanBody["kill"] {
    return this.attempt.settings === undefined ? this.plan.plan.queue.kill : this.attempt.settings.kill;
  }

  /** What hears of the bytes that its functions print; undefined where they may print what they like. */
  get onOutput(): ((bytes: number) => void) | undefined {
    const limit = this.attempt.settings?.outputBytes;
    return limit === undefined ? undefined : (bytes) => this.#countOutput(bytes, limit);
  }

  #countOutput(bytes: number, limit: number): void {
    this.#output += bytes;
    if (this.#output <= limit) return;
    const message = `it printed more than its limit of ${limit} bytes`;
    this.stop({ kind: "killed", error: raised("ResourceError", message) });
  }

  /** Resolves when nothing of the attempt is left. Made only when somebody asks: most attempts have no successor. */
  get ended(): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  markEnded(): void {
    this.#isEnded = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** What the step `node`, a line of `pipelineId`, may ask of the controller; for `caller`, a branch of it. */
  controllerCalls(
    pipelineId: string,
    node: string,
    signal: AbortSignal,
    caller: { readonly attempt: Attempt } = this,
  ): ControllerCalls {
    const calls = this.#controller({
      attempt: () => caller.attempt,
      pipelineId,
      node,
      signal,
      nextSequence: () => this.#nextCall(node),
    });
    return new GuardedCalls(calls, this.secrets, this.#connections, pipelineId);
  }

  #nextCall(node: string): number {
    const sequence = (this.#calls.get(node) ?? 0) + 1;
    this.#calls.set(node, sequence);
    return sequence;
  }

  /** The part of the standard library that runs contained. Most executions have none of it. */
  get library(): LibrarySession {
    const { executionId, attemptNo, pipelineId, settings } = this.attempt;
    const network = settings?.confinement.network;
    this.#library ??= this.#workers.openSession({
      owner: `${executionId} ${attemptNo}`,
      namespace: splitPipelineId(pipelineId).namespace,
      ...(network === undefined ? {} : { network }),
    });
    return this.#library;
  }

  /** Closes what the attempt has left open in the library, and says so. Called when nothing of it runs any more. */
  async endLibrary(): Promise<void> {
    const left = await this.#library?.end();
    this.#library = undefined;
    for (const line of describeLeft(left ?? [])) this.record.note("", "warning", line);
  }

  /** How long it runs; 0 before its start. Milliseconds. */
  get ageMs(): number {
    return this.#startedMonotonic === undefined ? 0 : this.clock.monotonic() - this.#startedMonotonic;
  }

  progress(): AttemptProgress {
    const progress = this.record.progress();
    return { ...progress, cost: { ...progress.cost, durationMs: this.ageMs } };
  }

  /** Called once. Never rejects for what user code does. */
  async run(): Promise<AttemptReport> {
    const startedAt = this.clock.now();
    const startedMonotonic = this.clock.monotonic();
    this.#startedMonotonic = startedMonotonic;
    this.#stopping.limitTime((stop) => this.stop(stop));
    this.#stopping.limitUsage({
      usage: this.usage,
      host: this.share,
      clock: this.clock,
      note: (step, text) => this.record.note(step, "warning", text),
      kill: (reason) => this.stop({ kind: "killed", ...reason }),
    });
    const end = await this.#runPlan();
    await this.handled();
    // The next attempt begins these branches again: nothing of this one may be left by then.
    if (end.flow.kind === "waits") await this.background.drained();
    this.#stopping.ended();
    if (this.background.isEmpty) await this.endLibrary();
    this.record.flush();
    this.record.cost.durationMs = this.clock.monotonic() - startedMonotonic;
    return this.#report(end, startedAt);
  }

  stop(stop: Stop): void {
    this.#stopping.stop(stop);
    this.background.stop(stop);
  }

  /** `|Exit` in a branch: ends the run of all others, callers included. */
  leave(code: number): void {
    this.#stopping.leave(code);
  }

  /** Resolves when the handler of a kill has ended, where there is one. */
  handled(): Promise<void> {
    return this.#stopping.handled();
  }

  noteCleanup(state: CleanupState): void {
    this.#stopping.noteCleanup(state);
  }

  async #runPlan(): Promise<UnitEnd> {
    const refusal = this.#refusal;
    if (refusal !== undefined) return { flow: { kind: "error", error: refusal }, outputs: {} };
    const unit = this.#unit();
    const journal = this.plan.isDurable ? await this.#openJournal() : undefined;
    const { run } = this.#stopping;
    if (run.ended) return { flow: stopped, outputs: {} };
    const end = await runUnit(unit, this.attempt.inputs, this, run, journal);
    if (!run.ended && end.flow.kind !== "next") await journal?.flush();
    return end;
  }

  #unit(): Unit {
    const { plan } = this.plan;
    return {
      pipelineId: plan.pipeline_id,
      namespace: splitPipelineId(plan.pipeline_id as PipelineId).namespace,
      body: plan,
      prefix: "",
      depth: 0,
      inForce: new Set(),
      variables: new Map(),
      usage: this.usage,
      cleanup: () => this.#stopping.cleanup,
    };
  }

  /** Nothing was committed before the first attempt, so that one does not ask. */
  async #openJournal(): Promise<Journal> {
    const journal = new Journal({
      checkpoints: this.#checkpoints(this.attempt, this.#stopping.run.signal),
      secrets: this.secrets,
      onStale: () => this.stop({ kind: "lost" }),
      warn: (node, text) => this.record.note(node, "warning", text),
    });
    if (this.attempt.attemptNo > 1 || this.attempt.isReplay === true) await journal.load();
    return journal;
  }

  #report({ flow, outputs }: UnitEnd, startedAt: number): AttemptReport {
    const { enqueuedAt } = this.attempt;
    return {
      ...withoutSecrets(endingOf(this.#stopping.cause, flow, outputs), this.secrets),
      cleanup: this.#stopping.cleanupState,
      steps: this.record.steps,
      cost: this.record.cost,
      branching: this.record.branching,
      waitMs: enqueuedAt === undefined ? 0 : Math.max(0, startedAt - enqueuedAt),
      startedAt,
      endedAt: this.clock.now(),
    };
  }
}
