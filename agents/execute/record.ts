import type { Clock } from "@polyglot/service";
import type { LogLine } from "../runtimes/native-call.ts";
import type { Attempt, AttemptProgress, AttemptSink, Branching, Cost, StepRecord } from "./attempt.ts";
import type { ObtainedSecrets } from "./obtained-secrets.ts";
import type { RunError } from "./raised.ts";
import { RedactedLines } from "./redacted-lines.ts";

/** Steps kept in one attempt's record: a loop of calls must not grow it without bound. The first ones stay. */
export const maxStepRecords = 10_000;

/** Failed steps that are kept beyond that. */
export const maxFailedRecords = 1_000;

/** Items of a list whose steps are kept, of each call that runs a pipeline for each; of the others the failed ones. */
export const maxItemRecords = 100;

/** Lines of progress that come faster replace each other. */
const progressIntervalMs = 1_000;

/** Lines that one attempt may log, and the characters in them. */
export const maxLogLines = 100_000;
export const maxLogCharacters = 64 * 1024 * 1024;

const logEnd = `further lines are left out: an attempt may log ${maxLogLines} lines and ${maxLogCharacters} characters`;

/** Steps of a kind that are told of an attempt that runs: of those that have ended, and of those that have not. */
export const maxProgressSteps = 50;

/** Step that has begun and not yet ended. */
export interface OpenStep {
  readonly node: string;
  readonly startedAt: number;
  readonly startedMonotonic: number;
}

/** What one attempt did: its steps, what they cost and what they printed, without the secrets that it got. */
export class AttemptRecord {
  readonly steps: StepRecord[] = [];
  readonly cost: Cost = { cpuTimeMs: 0, memoryPeakMb: 0, durationMs: 0, conversionMs: 0 };
  readonly #attempt: Attempt;
  readonly #sink: AttemptSink;
  readonly #clock: Clock;
  readonly #secrets: ObtainedSecrets;
  readonly #lines: RedactedLines;
  readonly branching: Branching = { forks: 0, joinLatencyMs: 0 };
  /** Costs and waits of steps that have not ended yet. */
  readonly #charged = new Map<string, Pick<StepRecord, "cost" | "waitMs" | "joinLatencyMs">>();
  readonly #open = new Set<OpenStep>();
  #sequence = 0;
  #logCharacters = 0;
  #held: { readonly node: string; readonly line: LogLine } | undefined;
  /** When a line of progress was last written at once. */
  #progressAt = Number.NEGATIVE_INFINITY;

  constructor(attempt: Attempt, sink: AttemptSink, clock: Clock, secrets: ObtainedSecrets) {
    this.#attempt = attempt;
    this.#sink = sink;
    this.#clock = clock;
    this.#secrets = secrets;
    this.#lines = new RedactedLines(secrets);
  }

  begin(node: string): OpenStep {
    const step = { node, startedAt: this.#clock.now(), startedMonotonic: this.#clock.monotonic() };
    this.#open.add(step);
    return step;
  }

  end(step: OpenStep, state: StepRecord["state"], error?: RunError): void {
    const { node, startedAt } = step;
    this.#open.delete(step);
    const charged = this.#charged.get(node);
    this.#charged.delete(node);
    if (!this.#keeps(node, state)) return;
    const durationMs = this.#clock.monotonic() - step.startedMonotonic;
    this.steps.push({
      node,
      state,
      startedAt,
      durationMs,
      ...(error === undefined ? {} : { error: this.#secrets.redactError(error) }),
      ...charged,
    });
  }

  /** A failure is what a person looks for. */
  #keeps(node: string, state: StepRecord["state"]): boolean {
    if (state === "failed") return this.steps.length < maxStepRecords + maxFailedRecords;
    return this.steps.length < maxStepRecords && !isLateItem(node);
  }

  /** Goes on with the open steps of a branch, `node` and what stands below it, that another record began. */
  takeOver(other: AttemptRecord, node: string): void {
    for (const step of other.#open) {
      if (step.node !== node && !step.node.startsWith(`${node}.`) && !step.node.startsWith(`${node}/`)) continue;
      other.#open.delete(step);
      this.#open.add(step);
      const charged = other.#charged.get(step.node);
      if (charged !== undefined) this.#charged.set(step.node, charged);
      other.#charged.delete(step.node);
    }
  }

  skip(node: string): void {
    this.end(this.begin(node), "skipped");
  }

  /** Cost of a step that ran user code. Steps side by side have each their own worker: the highest peak counts. */
  charge(node: string, cost: Cost, waitMs: number): void {
    this.cost.cpuTimeMs += cost.cpuTimeMs;
    this.cost.conversionMs += cost.conversionMs;
    this.cost.memoryPeakMb = Math.max(this.cost.memoryPeakMb, cost.memoryPeakMb);
    this.#charged.set(node, { cost, waitMs });
    // Items of a list are measured as one step: the history has a row for each node.
    this.#sink.onStepCost(this.#attempt, node.replaceAll(/\[\d+\]/g, "[]"), cost);
  }

  noteJoin(node: string, latencyMs: number): void {
    this.branching.joinLatencyMs += latencyMs;
    this.#charged.set(node, { joinLatencyMs: latencyMs });
  }

  /** What it has done so far, within limits: the steps that ended last, and the oldest of those that run. */
  progress(): AttemptProgress {
    const now = this.#clock.monotonic();
    const running = [...this.#open].slice(0, maxProgressSteps).map(({ node, startedAt, startedMonotonic }) => ({
      node,
      state: "running" as const,
      startedAt,
      durationMs: now - startedMonotonic,
    }));
    const { cost, branching } = this;
    return { attempt: this.#attempt, steps: [...this.steps.slice(-maxProgressSteps), ...running], cost, branching };
  }

  /** A measure that a pipeline asked for: a step of the record, and a sample under its name, apart from those of nodes. */
  endMeasure(open: OpenStep, name: string, state: StepRecord["state"]): void {
    const durationMs = this.#clock.monotonic() - open.startedMonotonic;
    this.end(open, state);
    this.#sink.onStepCost(this.#attempt, `record:${this.#secrets.redact(name)}`, {
      cpuTimeMs: 0,
      memoryPeakMb: 0,
      durationMs,
      conversionMs: 0,
    });
  }

  log(node: string, line: LogLine): void {
    this.flush();
    this.#send(node, { ...line, text: this.#lines.redact(node, line.text) });
  }

  /**
   * A line of progress, kept back while another may follow: of those with nothing else between, one in a while is
   * written, and the last one always.
   */
  noteProgress(node: string, text: string): void {
    const now = this.#clock.monotonic();
    const line = { at: this.#clock.now(), level: "info", text } as const;
    this.#held = { node, line };
    if (now - this.#progressAt < progressIntervalMs) return;
    this.#progressAt = now;
    this.flush();
  }

  /** Writes the line that is kept back. */
  flush(): void {
    if (this.#held === undefined) return;
    const { node, line } = this.#held;
    this.#held = undefined;
    this.#send(node, { ...line, text: this.#secrets.redact(line.text) });
  }

  /** Of an attempt that logs without end the beginning is kept: the store has room for others, too. */
  #send(node: string, line: LogLine): void {
    if (this.#sequence >= maxLogLines || this.#logCharacters >= maxLogCharacters) return;
    this.#sequence += 1;
    this.#logCharacters += line.text.length;
    const isLast = this.#sequence === maxLogLines || this.#logCharacters >= maxLogCharacters;
    if (isLast) this.#tell(node, { at: line.at, level: "warning", text: logEnd });
    else this.#tell(node, line);
  }

  #tell(node: string, line: LogLine): void {
    this.#sink.onLog(this.#attempt, { ...line, node, sequence: this.#sequence });
  }

  /** A line of the executioner itself. */
  note(node: string, level: LogLine["level"], text: string): void {
    this.log(node, { at: this.#clock.now(), level, text });
  }

  /** An error of a cleanup changes no outcome: it is told here. */
  noteCleanupError({ step, type, message }: RunError): void {
    this.note(step, "error", `cleanup: ${type}: ${message}`);
  }
}

/** `map[100]/call`, or an item inside of such a one. */
function isLateItem(node: string): boolean {
  return (
    node.includes("[") && Array.from(node.matchAll(/\[(\d+)\]/g)).some(([, index]) => Number(index) >= maxItemRecords)
  );
}
