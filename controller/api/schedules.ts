/** When schedules are due, and their times of a span once more. */
import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { nextTime, type Schedule, timesBetween } from "@polyglot/contracts/schedule";
import {
  type BackfilledTime,
  BackfilledTimeSchema,
  BackfillResponseSchema,
  ListCalendarsResponseSchema,
  ListSchedulesResponseSchema,
  type PolyglotService,
  type Schedule as ScheduleMessage,
  ScheduleSchema,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import type { PolicyBook } from "../policies/policy-book.ts";
import type { Queryable } from "../store/database.ts";
import { readSchedules, type ScheduleState } from "../store/schedules.ts";
import type { Catalog } from "../triggers/catalog.ts";
import type { OccurrenceDecision, Occurrences } from "../triggers/occurrences.ts";
import {
  occurrenceOf,
  type ScheduledTrigger,
  scheduledTriggers,
  scheduleKeyText,
} from "../triggers/scheduled-trigger.ts";
import { apiError } from "./api-error.ts";
import { listCalendars } from "./calendars.ts";
import { idOf, resolvePipeline } from "./executions.ts";
import { optional } from "./to-message.ts";

const limits = {
  /** Times that a list looks ahead. */
  next: 5,
  /** Times of one backfill. */
  backfill: 10_000,
  /** Of them, those that are committed together. */
  batch: 500,
} as const;

export interface ScheduleParts {
  readonly database: Queryable;
  readonly catalog: Catalog;
  readonly policies: Pick<PolicyBook, "of" | "calendars" | "calendarsOf">;
  readonly occurrences: Pick<Occurrences, "accept">;
  readonly clock: Clock;
}

export function scheduleMethods(
  parts: ScheduleParts,
): Pick<ServiceImpl<typeof PolyglotService>, "listSchedules" | "listCalendars" | "backfill"> {
  const { catalog, clock, database, policies } = parts;
  return {
    async listSchedules({ pipelineId }) {
      const id = pipelineId === "" ? "" : idOf(catalog, pipelineId);
      const states = await statesByKey(database);
      const all = scheduledTriggers(catalog.pipelines.values(), policies);
      const asked = all.filter((one) => id === "" || one.pipelineId === id).toSorted(byPipeline);
      const schedules = asked.map((one) => toMessage(one, stateOf(states, one), clock.now()));
      return create(ListSchedulesResponseSchema, { schedules });
    },
    async listCalendars() {
      return create(ListCalendarsResponseSchema, { calendars: listCalendars({ catalog, policies }, clock.now()) });
    },
    async backfill({ pipelineId, from, to, dryRun }) {
      const pipeline = resolvePipeline(catalog, pipelineId);
      const [fromMs, toMs] = [requiredTime(from, "from"), requiredTime(to, "to")];
      if (toMs < fromMs) throw apiError("request/invalid", "'to' lies before 'from'", "to");
      const schedules = scheduledTriggers([pipeline], policies);
      if (schedules.length === 0) throw apiError("request/invalid", `${pipeline.id} has no schedule`, "pipeline_id");
      const states = await statesByKey(database);
      const times = schedules.flatMap((one) => {
        const sinceMs = stateOf(states, one)?.sinceMs ?? clock.now();
        const found = timesBetween(one.schedule, fromMs, toMs, sinceMs, limits.backfill + 1);
        return found.map((atMs) => ({ one, atMs }));
      });
      if (times.length > limits.backfill) {
        throw apiError(
          "request/too-large",
          `a backfill has at most ${limits.backfill} times; take a shorter span`,
          "to",
        );
      }
      const inOrder = times.toSorted((a, b) => a.atMs - b.atMs);
      return create(BackfillResponseSchema, { times: dryRun ? inOrder.map(toDue) : await fill(parts, inOrder) });
    },
  };
}

interface Backfilled {
  readonly one: ScheduledTrigger;
  readonly atMs: number;
}

/** A time that activated something before is a duplicate: it has the same key. */
async function fill({ occurrences, clock }: ScheduleParts, times: readonly Backfilled[]): Promise<BackfilledTime[]> {
  const filled: BackfilledTime[] = [];
  for (let from = 0; from < times.length; from += limits.batch) {
    const batch = times.slice(from, from + limits.batch);
    const now = new Date(clock.now());
    const events = batch.map(({ one, atMs }) => occurrenceOf(one, { atMs, missed: 0 }, now));
    const decisions = await occurrences.accept(events);
    filled.push(...batch.flatMap(({ atMs }, index) => toBackfilled(atMs, decisions[index])));
  }
  return filled;
}

const toDue = ({ atMs }: Backfilled): BackfilledTime =>
  create(BackfilledTimeSchema, { at: timestampFromMs(atMs), decision: "due" });

function toBackfilled(atMs: number, decision: OccurrenceDecision | undefined): BackfilledTime[] {
  if (decision === undefined) return [];
  const at = timestampFromMs(atMs);
  if (decision.kind === "refused") {
    return [create(BackfilledTimeSchema, { at, decision: "refused", reason: decision.message })];
  }
  const executionId = decision.kind === "waiting" ? "" : (decision.executionId ?? "");
  return [create(BackfilledTimeSchema, { at, decision: decision.kind, executionId })];
}

function requiredTime(value: Timestamp | undefined, field: string): number {
  if (value === undefined) throw apiError("request/invalid", `a backfill needs '${field}'`, field);
  return timestampMs(value);
}

type States = ReadonlyMap<string, ScheduleState>;

const statesByKey = async (database: Queryable): Promise<States> =>
  new Map((await readSchedules(database)).map((state) => [scheduleKeyText(state.pipelineId, state.triggerKey), state]));

const stateOf = (states: States, { pipelineId, trigger }: ScheduledTrigger): ScheduleState | undefined =>
  states.get(scheduleKeyText(pipelineId, trigger.key));

function toMessage(
  { pipelineId, trigger, schedule, overlap }: ScheduledTrigger,
  state: ScheduleState | undefined,
  nowMs: number,
): ScheduleMessage {
  const { when, catchUp, jitterMs } = schedule;
  return create(ScheduleSchema, {
    pipelineId,
    key: trigger.key,
    name: trigger.name,
    when: whenText(schedule),
    timezone: when.kind === "cron" ? when.timezone : "",
    next: nextTimes(schedule, state, nowMs).map((time) => timestampFromMs(time)),
    ...optional({ last: state === undefined || state.lastMs === null ? undefined : timestampFromMs(state.lastMs) }),
    catchUp,
    jitterSeconds: jitterMs / 1_000,
    overlap,
    calendars: (schedule.calendars ?? []).map(({ name = "" }) => name),
  });
}

function whenText({ when }: Schedule): string {
  if (when.kind === "cron") return when.expression;
  return when.kind === "once" ? new Date(when.atMs).toISOString() : `every ${when.everyMs / 1_000} s`;
}

/** From the first that is not decided yet. */
function nextTimes(schedule: Schedule, state: ScheduleState | undefined, nowMs: number): number[] {
  const times: number[] = [];
  const sinceMs = state?.sinceMs ?? nowMs;
  for (let at = nextTime(schedule, state?.toldUntilMs ?? nowMs, sinceMs); at !== undefined; ) {
    times.push(at);
    if (times.length === limits.next) break;
    at = nextTime(schedule, at, sinceMs);
  }
  return times;
}

const byPipeline = (a: ScheduledTrigger, b: ScheduledTrigger): number => (a.pipelineId < b.pipelineId ? -1 : 1);
