/**
 * Tells the times of schedules, on the controller that holds the namespace's shard. A schedule is
 *
 *     registered (since) ──its time comes──> told until that time, with its activation, in one transaction
 *
 * `told_until` in the store only rises, the transaction holds the shard's term, and the activation's key is the time: so
 * each time is decided once, whatever restarts and whoever takes over. Nothing is polled: one timer waits for the first
 * time of the heap.
 */
import { type ExecutionId, splitPipelineId } from "@polyglot/contracts";
import { type Due, dueTimes } from "@polyglot/contracts/schedule";
import { type Clock, Heap, type Logger, Rounds, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import { shardOfTriggers } from "../leader/shard-names.ts";
import { findOpenExecutions } from "../store/activations.ts";
import type { Database } from "../store/database.ts";
import { announceCancel, cancelWaiting } from "../store/executions.ts";
import { holdsTerm } from "../store/objects.ts";
import {
  readSchedules,
  registerSchedules,
  removeSchedules,
  type ScheduleState,
  tellSchedules,
} from "../store/schedules.ts";
import type { PolicyBook } from "../policies/policy-book.ts";
import type { ActivationLog } from "./activation-log.ts";
import type { Catalog } from "./catalog.ts";
import { contextOf } from "./context.ts";
import type { Occurrences } from "./occurrences.ts";
import { occurrenceOf, scheduledTriggers, type ScheduledTrigger, scheduleKeyText } from "./scheduled-trigger.ts";

const limits = {
  /** The longest sleep: a clock that jumps forward is noticed after it. */
  sleepMs: 30_000,
  /** After a store that did not answer. */
  retryMs: 1_000,
  /** Between two looks at an execution whose end a time waits for. */
  overlapMs: 1_000,
  /** Schedules of one transaction. */
  schedules: 500,
  /** Activations of one transaction, about: those of one schedule stay together. */
  activations: 1_000,
} as const;

interface Entry extends ScheduledTrigger {
  readonly shard: string;
  readonly key: string;
  readonly sinceMs: number;
  readonly toldUntilMs: number;
  readonly lastMs: number | null;
  readonly nextMs: number;
}

export interface SchedulerParts {
  readonly catalog: Catalog;
  readonly policies: Pick<PolicyBook, "of" | "calendarsOf" | "onChange">;
  readonly log: Pick<ActivationLog, "note">;
  readonly occurrences: Pick<Occurrences, "admit">;
  readonly database: Database;
  readonly holder: Pick<ShardHolder, "termOf" | "onChange" | "controllerId">;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Scheduler implements Service {
  readonly name = "scheduler";
  readonly #parts: SchedulerParts;
  readonly #rounds: Rounds;
  readonly #stoppers: (() => void)[] = [];
  #heap = new Heap<Entry>(byTime);
  /** The entry in force of each schedule: older ones in the heap are passed over. */
  #entries = new Map<string, Entry>();
  #isStale = true;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    const { clock, logger } = parts;
    this.#rounds = new Rounds({
      clock,
      round: (signal) => this.#round(signal),
      onError: (error) => {
        logger.warn({ error }, "schedules could not be told; trying again");
        this.#isStale = true;
        return limits.retryMs;
      },
    });
  }

  async start(): Promise<void> {
    const { catalog, holder, policies } = this.#parts;
    this.#stoppers.push(
      catalog.onChange(() => this.#refreshSoon()),
      holder.onChange(() => this.#refreshSoon()),
      policies.onChange(() => this.#refreshSoon()),
    );
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stoppers.splice(0)) stop();
    await this.#rounds.stop();
  }

  #refreshSoon(): void {
    this.#isStale = true;
    this.#rounds.wake();
  }

  /** Answers for how long nothing is due. */
  async #round(signal: AbortSignal): Promise<number> {
    if (this.#isStale) await this.#refresh();
    await this.#tellDue(signal);
    const nextMs = this.#first()?.nextMs ?? Number.POSITIVE_INFINITY;
    return Math.min(limits.sleepMs, Math.max(0, nextMs - this.#parts.clock.now()));
  }

  /** What the catalog has of the shards that are held, with how far it was told. */
  async #refresh(): Promise<void> {
    this.#isStale = false;
    const { catalog, clock, database, policies } = this.#parts;
    const wanted = scheduledTriggers(catalog.pipelines.values(), policies).filter((one) => this.#holds(one.pipelineId));
    let states = await this.#ownStates();
    const missing = wanted.filter(({ pipelineId, trigger }) => !states.has(scheduleKeyText(pipelineId, trigger.key)));
    if (missing.length > 0) {
      const keys = missing.map(({ pipelineId, trigger }) => ({ pipelineId, triggerKey: trigger.key }));
      await registerSchedules(database, new Date(clock.now()), keys);
      states = await this.#ownStates();
    }
    const names = new Set(wanted.map(({ pipelineId, trigger }) => scheduleKeyText(pipelineId, trigger.key)));
    const gone = [...states].filter(([name]) => !names.has(name)).map(([, state]) => state);
    if (gone.length > 0) await removeSchedules(database, gone);
    this.#replace(wanted, states);
  }

  async #ownStates(): Promise<Map<string, ScheduleState>> {
    const all = await readSchedules(this.#parts.database);
    const own = all.filter(({ pipelineId }) => this.#holds(pipelineId));
    return new Map(own.map((state) => [scheduleKeyText(state.pipelineId, state.triggerKey), state]));
  }

  #holds(pipelineId: ScheduledTrigger["pipelineId"]): boolean {
    return this.#parts.holder.termOf(shardOf(pipelineId)) !== undefined;
  }

  #replace(wanted: readonly ScheduledTrigger[], states: ReadonlyMap<string, ScheduleState>): void {
    this.#heap = new Heap(byTime);
    this.#entries = new Map();
    for (const one of wanted) {
      const key = scheduleKeyText(one.pipelineId, one.trigger.key);
      const state = states.get(key);
      if (state === undefined) continue;
      // The first look finds what is due, and when there is something next.
      const entry = { ...one, ...state, key, shard: shardOf(one.pipelineId), nextMs: this.#parts.clock.now() };
      this.#entries.set(key, entry);
      this.#heap.push(entry);
    }
  }

  #first(): Entry | undefined {
    for (let entry = this.#heap.peek(); entry !== undefined; entry = this.#heap.peek()) {
      if (this.#entries.get(entry.key) === entry) return entry;
      this.#heap.pop();
    }
    return undefined;
  }

  async #tellDue(signal: AbortSignal): Promise<void> {
    while (!this.#isStale && !signal.aborted) {
      const round = this.#takeDue(this.#parts.clock.now());
      if (round.length === 0) return;
      for (const [shard, told] of Map.groupBy(round, ({ entry }) => entry.shard)) await this.#tell(shard, told);
    }
  }

  /** Those that have come, as many as one transaction takes; those of which nothing is due wait for their next time. */
  #takeDue(nowMs: number): Told[] {
    const round: Told[] = [];
    let activations = 0;
    for (let entry = this.#first(); entry !== undefined && entry.nextMs <= nowMs; entry = this.#first()) {
      this.#heap.pop();
      const { key, sinceMs, toldUntilMs, schedule } = entry;
      const due = dueTimes(schedule, { key, sinceMs, untilMs: toldUntilMs }, nowMs);
      if (due.toldUntilMs === toldUntilMs) {
        this.#wait(entry, due, entry.lastMs);
        continue;
      }
      round.push({ entry, due });
      activations += due.times.length;
      if (round.length >= limits.schedules || activations >= limits.activations) break;
    }
    return round;
  }

  #wait(entry: Entry, { toldUntilMs, nextMs }: Due, lastMs: number | null): void {
    if (nextMs !== undefined) this.#replaceOne(entry, { ...entry, toldUntilMs, nextMs, lastMs });
  }

  #replaceOne(entry: Entry, next: Entry): void {
    if (this.#entries.get(entry.key) !== entry) return;
    this.#entries.set(entry.key, next);
    this.#heap.push(next);
  }

  async #tell(shard: string, round: readonly Told[]): Promise<void> {
    const { database, holder, occurrences, clock } = this.#parts;
    const term = holder.termOf(shard);
    if (term === undefined) return;
    const now = new Date(clock.now());
    const open = await this.#openExecutions(round);
    const steps = round.map((told) => stepOf(told, open.get(told.entry.key)));
    await database.transaction(async (transaction) => {
      // Whoever holds the shard now tells them.
      if (!(await holdsTerm(transaction, shard, holder.controllerId, term))) return;
      const moving = steps.filter((step) => step.kind !== "wait");
      const moved = await tellSchedules(transaction, moving.map(toldBy));
      const names = new Set(moved.map((one) => scheduleKeyText(one.pipelineId, one.triggerKey)));
      if (names.size < moving.length) this.#isStale = true;
      const told = moving.filter(({ entry, kind }) => kind !== "skip" && names.has(entry.key));
      const events = told.flatMap(({ entry, due }) => due.times.map((time) => occurrenceOf(entry, time, now)));
      await occurrences.admit(transaction, events);
    });
    for (const step of steps) await this.#finish(step, now);
  }

  /** The executions of the last times that have no outcome yet, of schedules for which that matters. */
  async #openExecutions(round: readonly Told[]): Promise<ReadonlyMap<string, ExecutionId>> {
    const asked = round.flatMap(({ entry, due }) => {
      if (entry.overlap === "allow" || entry.lastMs === null || due.times.length === 0) return [];
      const time = new Date(entry.lastMs).toISOString();
      return [{ entry, pipelineId: entry.pipelineId, dedupeKey: `${entry.trigger.key}:${time}` }];
    });
    const found = await findOpenExecutions(this.#parts.database, asked);
    return new Map(
      asked.flatMap(({ entry, pipelineId, dedupeKey }) => {
        const id = found.get(`${pipelineId}\n${dedupeKey}`);
        return id === undefined ? [] : [[entry.key, id] as const];
      }),
    );
  }

  async #finish({ entry, due, kind, open }: Step, now: Date): Promise<void> {
    const { database, log } = this.#parts;
    const lastMs = kind === "skip" ? entry.lastMs : (due.times.at(-1)?.atMs ?? entry.lastMs);
    if (kind === "wait") this.#replaceOne(entry, { ...entry, nextMs: now.getTime() + limits.overlapMs });
    else this.#wait(entry, due, lastMs);
    if (kind === "skip") {
      for (const time of due.times) {
        const { fields, pipelineId, triggerKey } = occurrenceOf(entry, time, now);
        const event = { pipelineId, triggerKey, triggerName: entry.trigger.name, triggerContext: contextOf(fields) };
        log.note(event, "filtered", `execution ${open} of the time before has no outcome yet`, String(time.atMs), null);
      }
    }
    if (kind === "replace" && open !== undefined && !(await cancelWaiting(database, open))) {
      const reason = "the next time of its schedule has come";
      await announceCancel(database, JSON.stringify({ executionId: open, mode: "cancel", reason }));
    }
  }
}

/** What becomes of the times that are due. */
interface Step extends Told {
  readonly kind: "tell" | "skip" | "wait" | "replace";
  readonly open: ExecutionId | undefined;
}

function stepOf(told: Told, open: ExecutionId | undefined): Step {
  const { overlap } = told.entry;
  return { ...told, open, kind: open === undefined || overlap === "allow" ? "tell" : overlap };
}

const toldBy = ({ entry, due, kind }: Step) => ({
  pipelineId: entry.pipelineId,
  triggerKey: entry.trigger.key,
  fromMs: entry.toldUntilMs,
  untilMs: due.toldUntilMs,
  lastMs: kind === "skip" ? null : (due.times.at(-1)?.atMs ?? null),
});

interface Told {
  readonly entry: Entry;
  readonly due: Due;
}

const byTime = (a: Entry, b: Entry): number => a.nextMs - b.nextMs;

const shardOf = (pipelineId: ScheduledTrigger["pipelineId"]): string =>
  shardOfTriggers(splitPipelineId(pipelineId).namespace);
