/**
 * Ends what has waited for its first start as long as it may, or until its deadline. One timer stands for the soonest of
 * the own shards; without a time that something waits for there is none.
 */
import type { BackgroundTasks, Clock } from "@polyglot/service";
import { buried } from "../registry/waiting-end.ts";
import type { Database } from "../store/database.ts";
import {
  endWaiting,
  nextOverdueMs,
  type OverdueExecution,
  readOverdue,
  type WaitingEnd,
} from "../store/ended-waiting.ts";

const limits = {
  /** Executions that end in one statement. */
  batch: 500,
  /** Longer ones overflow a timer; it wakes early and sleeps again. */
  timerMs: 2 ** 31 - 1,
} as const;

export class Overdue {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #tasks: BackgroundTasks;
  readonly #onEnded: (ended: readonly { readonly executionId: string; readonly queue: string }[]) => void;
  #shards: readonly string[] = [];
  #nextMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(
    database: Database,
    clock: Clock,
    tasks: BackgroundTasks,
    onEnded: (ended: readonly { readonly executionId: string; readonly queue: string }[]) => void,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#tasks = tasks;
    this.#onEnded = onEnded;
  }

  async follow(shards: readonly string[]): Promise<void> {
    this.#shards = shards;
    await this.#look();
  }

  stop(): void {
    this.#shards = [];
    clearTimeout(this.#timer);
  }

  /** Something waits until then. */
  expect(waitUntilMs: number): void {
    if (waitUntilMs < this.#nextMs) this.#arm(waitUntilMs);
  }

  /** Ends what is overdue now. */
  async runOnce(): Promise<void> {
    this.#round ??= this.#end().finally(() => (this.#round = undefined));
    await this.#round;
  }

  async #end(): Promise<void> {
    for (;;) {
      const now = new Date(this.#clock.now());
      const overdue =
        this.#shards.length === 0 ? [] : await readOverdue(this.#database, this.#shards, now, limits.batch);
      if (overdue.length > 0) await this.#bury(overdue, now);
      if (overdue.length < limits.batch) break;
    }
    await this.#look();
  }

  async #bury(overdue: readonly OverdueExecution[], now: Date): Promise<void> {
    const ended = await endWaiting(this.#database, overdue.map(toEnd), now);
    this.#onEnded(ended.map((one) => ({ executionId: one.execution_id, queue: one.queue })));
  }

  async #look(): Promise<void> {
    this.#arm(this.#shards.length === 0 ? undefined : await nextOverdueMs(this.#database, this.#shards));
  }

  #arm(nextMs: number | undefined): void {
    clearTimeout(this.#timer);
    this.#nextMs = nextMs ?? Number.POSITIVE_INFINITY;
    if (nextMs === undefined) return;
    const inMs = Math.min(Math.max(1, Math.ceil(nextMs - this.#clock.now())), limits.timerMs);
    this.#timer = setTimeout(() => this.#tasks.add(this.runOnce()), inMs);
  }
}

function toEnd(one: OverdueExecution): WaitingEnd {
  const { execution_id: executionId, pipeline_id: pipelineId, queue, deadline_at_ms: deadline } = one;
  const ids = { executionId, pipelineId };
  if (deadline !== null && deadline <= one.wait_until_ms) {
    const at = new Date(deadline).toISOString();
    return buried(ids, "deadline_missed", `it waited in the queue '${queue}' until its deadline ${at}`);
  }
  const seconds = Math.round((one.wait_until_ms - one.enqueued_at_ms) / 100) / 10;
  return buried(ids, "wait_timeout", `it waited ${seconds} s in the queue '${queue}' and no longer may`);
}
