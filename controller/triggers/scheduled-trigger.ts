import type { PipelineId, TriggerRegistration } from "@polyglot/contracts";
import { type DueTime, isSchedule, parseSchedule, type Schedule } from "@polyglot/contracts/schedule";
import type { PolicyBook } from "../policies/policy-book.ts";
import type { Settings } from "../policies/settings.ts";
import type { RegisteredPipeline } from "./catalog.ts";
import type { Occurrence } from "./occurrences.ts";
import { registrationsOf } from "./registrations.ts";

/** A schedule of a registered pipeline. */
export interface ScheduledTrigger {
  readonly pipelineId: PipelineId;
  readonly trigger: TriggerRegistration;
  readonly schedule: Schedule;
  /** What becomes of a time that comes while the execution of the last one has no outcome yet. */
  readonly overlap: Settings["overlap"];
}

/** Names a schedule among all. */
export const scheduleKeyText = (pipelineId: string, triggerKey: string): string => `${pipelineId}\n${triggerKey}`;

/** The schedules of these pipelines, those under `T.Any` included. One that cannot be read costs itself only. */
export function scheduledTriggers(
  pipelines: Iterable<RegisteredPipeline>,
  policies: Pick<PolicyBook, "of" | "calendarsOf">,
): ScheduledTrigger[] {
  return [...pipelines].flatMap((pipeline) => {
    const triggers = registrationsOf(pipeline.plan).filter(({ name }) => isSchedule(name));
    if (triggers.length === 0) return [];
    const settings = policies.of(pipeline);
    const calendars = policies.calendarsOf(pipeline);
    return triggers.flatMap((trigger) => {
      const schedule = read(trigger, settings.get("timezone"));
      const overlap = settings.get("overlap") ?? "allow";
      if (schedule === undefined) return [];
      return [{ pipelineId: pipeline.id, trigger, schedule: { ...schedule, calendars }, overlap }];
    });
  });
}

/** The compiler has checked it; a plan of another version of it may say what this one does not know. */
function read(trigger: TriggerRegistration, timezone = "UTC"): Schedule | undefined {
  const byZone = known.get(trigger) ?? new Map<string, Schedule>();
  known.set(trigger, byZone);
  const found = byZone.get(timezone);
  if (found !== undefined) return found;
  const parsed = parseSchedule(trigger.name, trigger.arguments, timezone);
  if (parsed === undefined || "fault" in parsed) return undefined;
  byZone.set(timezone, parsed.value);
  return parsed.value;
}

/** A registration never changes; where it names no time zone, a configuration may. */
const known = new WeakMap<TriggerRegistration, Map<string, Schedule>>();

/** A time of it that has come. */
export function occurrenceOf(
  { pipelineId, trigger }: ScheduledTrigger,
  { atMs, missed }: DueTime,
  now: Date,
): Occurrence {
  const scheduledAt = new Date(atMs).toISOString();
  return {
    pipelineId,
    triggerKey: trigger.key,
    fields: { scheduled_at: { $datetime: scheduledAt }, timestamp: { $datetime: now.toISOString() }, missed },
    dedupeKey: scheduledAt,
    host: null,
  };
}
