/**
 * Tells the times of schedules, on the controller that holds the namespace's shard. A schedule is
 *
 *     registered (since) ──its time comes──> told until that time, with its activation, in one transaction
 *
 * `told_until` in the store only rises, the transaction holds the shard's term, and the activation's key is the time: so
 * each time is decided once, whatever restarts and whoever takes over. Nothing is polled: one timer waits for the first
 * time of the heap.
 */
import { splitPipelineId } from "@polyglot/contracts";
import { type Due, dueTimes, type DueTime } from "@polyglot/contracts/schedule";
import { BackgroundTasks, type Clock, Heap, type Logger, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import { shardOfTriggers } from "../leader/shard-names.ts";
import type { Database } from "../store/database.ts";
import { holdsTerm } from "../store/objects.ts";
import {
  readSchedules,
  registerSchedules,
  removeSchedules,
  type ScheduleState,
  tellSchedules,
} from "../store/schedules.ts";
import type { Catalog } from "./catalog.ts";
import type { Occurrence, Occurrences } from "./occurrences.ts";
import { scheduledTriggers, type ScheduledTrigger, scheduleKeyText } from "./scheduled-trigger.ts";

const limits = {
  /** The longest sleep: a clock that jumps forward is noticed after it. */
  sleepMs: 30_000,
  /** After a store that did not answer. */
  retryMs: 1_000,
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
  readonly nextMs: number;
}

export interface SchedulerParts {
  readonly catalog: Catalog;
  readonly occurrences: Pick<Occurrences, "admit">;
  readonly database: Database;
  readonly holder: Pick<ShardHolder, "termOf" | "onChange" | "controllerId">;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Scheduler implements Service {
  readonly name = "scheduler";
  readonly #parts: SchedulerParts;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  readonly #stoppers: (() => void)[] = [];
  #heap = new Heap<Entry>(byTime);
  /** The entry in force of each schedule: older ones in the heap are passed over. */
  #entries = new Map<string, Entry>();
  #isStale = true;
  #wake: (() => void) | undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ error }, "the scheduler ended"));
  }

  async start(): Promise<void> {
    const { catalog, holder } = this.#parts;
    this.#stoppers.push(
      catalog.onChange(() => this.#refreshSoon()),
      holder.onChange(() => this.#refreshSoon()),
    );
    this.#tasks.add(this.#run(this.#stopping.signal));
  }

  async stop(): Promise<void> {
    for (const stop of this.#stoppers.splice(0)) stop();
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  #refreshSoon(): void {
    this.#isStale = true;
    this.#wake?.();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!signal.aborted) {
      let waitMs: number = limits.sleepMs;
      try {
        if (this.#isStale) await this.#refresh();
        await this.#tellDue();
        waitMs = Math.min(waitMs, Math.max(0, (this.#first()?.nextMs ?? Number.POSITIVE_INFINITY) - clock.now()));
      } catch (error) {
        logger.warn({ error }, "schedules could not be told; trying again");
        this.#isStale = true;
        waitMs = limits.retryMs;
      }
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      if (!this.#isStale || waitMs === limits.retryMs) {
        await clock.sleep(waitMs, AbortSignal.any([signal, woken.signal]));
      }
    }
  }

  /** What the catalog has of the shards that are held, with how far it was told. */
  async #refresh(): Promise<void> {
    this.#isStale = false;
    const { catalog, clock, database } = this.#parts;
    const wanted = scheduledTriggers(catalog.pipelines.values()).filter((one) => this.#holds(one.pipelineId));
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

  async #tellDue(): Promise<void> {
    while (!this.#isStale && !this.#stopping.signal.aborted) {
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
        this.#wait(entry, due);
        continue;
      }
      round.push({ entry, due });
      activations += due.times.length;
      if (round.length >= limits.schedules || activations >= limits.activations) break;
    }
    return round;
  }

  #wait(entry: Entry, { toldUntilMs, nextMs }: Due): void {
    if (this.#entries.get(entry.key) !== entry || nextMs === undefined) return;
    const next = { ...entry, toldUntilMs, nextMs };
    this.#entries.set(entry.key, next);
    this.#heap.push(next);
  }

  async #tell(shard: string, round: readonly Told[]): Promise<void> {
    const { database, holder, occurrences, clock } = this.#parts;
    const term = holder.termOf(shard);
    if (term === undefined) return;
    const now = new Date(clock.now());
    await database.transaction(async (transaction) => {
      // Whoever holds the shard now tells them.
      if (!(await holdsTerm(transaction, shard, holder.controllerId, term))) return;
      const moved = await tellSchedules(
        transaction,
        round.map(({ entry, due }) => ({
          pipelineId: entry.pipelineId,
          triggerKey: entry.trigger.key,
          fromMs: entry.toldUntilMs,
          untilMs: due.toldUntilMs,
          lastMs: due.times.at(-1)?.atMs ?? null,
        })),
      );
      const names = new Set(moved.map((one) => scheduleKeyText(one.pipelineId, one.triggerKey)));
      if (names.size < round.length) this.#isStale = true;
      const told = round.filter(({ entry }) => names.has(entry.key));
      const events = told.flatMap(({ entry, due }) => due.times.map((time) => occurrenceOf(entry, time, now)));
      await occurrences.admit(transaction, events);
    });
    for (const { entry, due } of round) this.#wait(entry, due);
  }
}

interface Told {
  readonly entry: Entry;
  readonly due: Due;
}

const byTime = (a: Entry, b: Entry): number => a.nextMs - b.nextMs;

const shardOf = (pipelineId: ScheduledTrigger["pipelineId"]): string =>
  shardOfTriggers(splitPipelineId(pipelineId).namespace);

function occurrenceOf({ pipelineId, trigger }: ScheduledTrigger, { atMs, missed }: DueTime, now: Date): Occurrence {
  const scheduledAt = new Date(atMs).toISOString();
  return {
    pipelineId,
    triggerKey: trigger.key,
    fields: { scheduled_at: { $datetime: scheduledAt }, timestamp: { $datetime: now.toISOString() }, missed },
    dedupeKey: scheduledAt,
    host: null,
  };
}
