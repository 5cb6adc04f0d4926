import type { PipelineId, TriggerRegistration } from "@polyglot/contracts";
import { isSchedule, parseSchedule, type Schedule } from "@polyglot/contracts/schedule";
import type { RegisteredPipeline } from "./catalog.ts";
import { registrationsOf } from "./registrations.ts";

/** A schedule of a registered pipeline. */
export interface ScheduledTrigger {
  readonly pipelineId: PipelineId;
  readonly trigger: TriggerRegistration;
  readonly schedule: Schedule;
}

/** Names a schedule among all. */
export const scheduleKeyText = (pipelineId: string, triggerKey: string): string => `${pipelineId}\n${triggerKey}`;

/** The schedules of these pipelines, those under `T.Any` included. One that cannot be read costs itself only. */
export function scheduledTriggers(pipelines: Iterable<RegisteredPipeline>): ScheduledTrigger[] {
  return [...pipelines].flatMap((pipeline) => {
    const triggers = registrationsOf(pipeline.plan).filter(({ name }) => isSchedule(name));
    return triggers.flatMap((trigger) => {
      const schedule = known.get(trigger) ?? read(trigger);
      if (schedule === undefined) return [];
      known.set(trigger, schedule);
      return [{ pipelineId: pipeline.id, trigger, schedule }];
    });
  });
}

/** The compiler has checked it; a plan of another version of it may say what this one does not know. */
function read(trigger: TriggerRegistration): Schedule | undefined {
  const parsed = parseSchedule(trigger.name, trigger.arguments);
  return parsed === undefined || "fault" in parsed ? undefined : parsed.value;
}

const known = new WeakMap<TriggerRegistration, Schedule>();
