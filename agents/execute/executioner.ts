import { BackgroundTasks, type Logger, type Service } from "@polyglot/service";
import type { Attempt, AttemptProgress, AttemptReport, AttemptSink } from "./attempt.ts";
import type { BackgroundRun } from "./background-run.ts";
import type { Stop } from "./ending.ts";
import { Execution, type ExecutionParts } from "./execution.ts";
import type { PreparedPlan } from "./prepared-plan.ts";
import { at, raised } from "./raised.ts";

export interface ExecutionerParts extends ExecutionParts {
  readonly logger: Logger;
  readonly sink: ExecutionerSink;
}

export interface ExecutionerSink extends AttemptSink {
  /** The outcome of an attempt is known. Called once for each, before `onPlaceFree`. */
  onReport(attempt: Attempt, report: AttemptReport): void;
  /** Nothing of the attempt runs any more, its background branches included. */
  onPlaceFree(attempt: Attempt): void;
}

const progressLimits = {
  /** Attempts that have run for less are left out. Milliseconds. */
  leastAgeMs: 500,
  /** Steps of all attempts together, about. */
  steps: 5_000,
} as const;

/** Runs attempts side by side. It knows no queue: who starts one has made sure that there is a place. */
export class Executioner implements Service {
  readonly name = "executioner";
  readonly #parts: ExecutionerParts;
  readonly #running = new Map<string, Execution | BackgroundRun>();
  readonly #tasks: BackgroundTasks;
  #stopping = false;

  constructor(parts: ExecutionerParts) {
    this.#parts = parts;
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ err: error }, "an attempt ended in a fault"));
  }

  /** Attempts of which something still runs. */
  get running(): number {
    return this.#running.size;
  }

  attempts(): Attempt[] {
    return [...this.#running.values()].map((execution) => execution.attempt);
  }

  /** Where the oldest attempts stand. Those that will soon be over are not worth a word. */
  progress(): AttemptProgress[] {
    const told: AttemptProgress[] = [];
    let steps = 0;
    for (const execution of this.#running.values()) {
      if (steps >= progressLimits.steps) break;
      if (execution.ageMs < progressLimits.leastAgeMs) continue;
      const progress = execution.progress();
      steps += progress.steps.length + 1;
      told.push(progress);
    }
    return told;
  }

  async start(): Promise<void> {
    this.#stopping = false;
  }

  /** Ends all work without a report: the controller gives it to another agent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.loseAll();
    await this.#tasks.drain();
  }

  /**
   * Starts an attempt; an older one of the same execution ends before it does. False where it does not start: a newer one,
   * or the same, runs already, or the executioner is ending.
   */
  execute(attempt: Attempt, plan: PreparedPlan): boolean {
    const earlier = this.#running.get(attempt.executionId);
    if (this.#stopping || (earlier !== undefined && earlier.attempt.attemptNo >= attempt.attemptNo)) return false;
    const execution = new Execution(attempt, plan, this.#parts);
    this.#running.set(attempt.executionId, execution);
    earlier?.stop({ kind: "lost" });
    this.#tasks.add(this.#run(execution, earlier instanceof Execution ? earlier : undefined));
    return true;
  }

  end(executionId: string, attemptNo: number, stop: Stop): void {
    const execution = this.#running.get(executionId);
    if (execution?.attempt.attemptNo === attemptNo) execution.stop(stop);
  }

  /** The lease ran out: every process of every attempt is killed, and no report is made. */
  loseAll(): void {
    for (const execution of this.#running.values()) execution.stop({ kind: "lost" });
  }

  async #run(execution: Execution, earlier: Execution | undefined): Promise<void> {
    const { sink } = this.#parts;
    const { attempt } = execution;
    try {
      if (earlier !== undefined) await earlier.ended;
      const branches = this.#tell(execution, await this.#report(execution));
      // What goes on is not the attempt any more: the next one may begin beside it.
      if (branches.length > 0) this.#forget(execution);
      await Promise.all([execution.background.drained(), ...branches.map((branch) => this.#runOn(branch))]);
      await execution.endLibrary();
    } finally {
      this.#parts.runtimes.endAttempt(attempt);
      this.#forget(execution);
      sink.onPlaceFree(attempt);
    }
  }

  /** A background branch after its run, and the branches that come of it. */
  async #runOn(branch: BackgroundRun): Promise<void> {
    const { executionId } = branch.attempt;
    this.#running.set(executionId, branch);
    const report = await branch.report();
    this.#running.delete(executionId);
    const branches = this.#tell(branch, report);
    await Promise.all([branch.background.drained(), ...branches.map((inner) => this.#runOn(inner))]);
    this.#parts.runtimes.endAttempt(branch.attempt);
  }

  /** Reports how it ended. Answers the background branches that go on. */
  #tell({ attempt, background }: Execution | BackgroundRun, report: AttemptReport): readonly BackgroundRun[] {
    const isByItself = report.outcome === "succeeded" || report.outcome === "failed";
    const branches = isByItself ? background.handOver() : [];
    const told = branches.map((branch) => ({ attempt: branch.attempt, node: branch.node }));
    this.#parts.sink.onReport(attempt, told.length === 0 ? report : { ...report, background: told });
    return branches;
  }

  #forget(execution: Execution): void {
    execution.markEnded();
    const { executionId } = execution.attempt;
    if (this.#running.get(executionId) === execution) this.#running.delete(executionId);
  }

  /** A fault of the executioner itself is the attempt's failure, so that it is retried and seen. */
  async #report(execution: Execution): Promise<AttemptReport> {
    try {
      return await execution.run();
    } catch (fault) {
      this.#parts.logger.error({ err: fault, execution: execution.attempt.executionId }, "the executioner failed");
      const now = this.#parts.clock.now();
      const raisedError = at("", raised("RuntimeError", `the executioner failed: ${String(fault)}`));
      const error = execution.secrets.redactError(raisedError);
      const { steps, cost } = execution.record;
      const rest = { outputs: {}, cleanup: "abandoned", steps, cost, waitMs: 0, startedAt: now, endedAt: now } as const;
      return { outcome: "failed", error, ...rest };
    }
  }
}
