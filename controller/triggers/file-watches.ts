import { pollMsOf, type TriggerRegistration } from "@polyglot/contracts";
import type { RegisteredPipeline } from "./catalog.ts";
import { registrationsOf } from "./registrations.ts";

export const fileEvents = ["created", "modified", "deleted"] as const;
export type FileEvent = (typeof fileEvents)[number];

/** What each trigger of the standard library fires at. */
const eventsOfTrigger: Readonly<Record<string, readonly FileEvent[]>> = {
  "T.System.File.Created": ["created"],
  "T.System.File.Modified": ["modified"],
  "T.System.File.Deleted": ["deleted"],
  "T.System.File.Changed": fileEvents,
  "T.System.Directory.Changed": fileEvents,
};

/** A file trigger of a registered pipeline. */
export interface FileWatch {
  readonly pipelineId: string;
  readonly trigger: TriggerRegistration;
  /** Path or glob; relative ones start at the agent's data root. */
  readonly pattern: string;
  readonly events: readonly FileEvent[];
  /** Milliseconds between two looks; 0: the host tells of events. */
  readonly pollMs: number;
  /** The folder whose changes are told together; absent: each file is told by itself. */
  readonly folder?: string;
}

/** The file triggers of these pipelines, those under `T.Any` included. */
export function fileWatches(pipelines: Iterable<RegisteredPipeline>): FileWatch[] {
  return [...pipelines].flatMap((pipeline) =>
    registrationsOf(pipeline.plan).flatMap((trigger) => {
      const events = eventsOfTrigger[trigger.name];
      const { path } = trigger.arguments;
      if (events === undefined || typeof path !== "string") return [];
      const watch = { pipelineId: pipeline.id, trigger, events, pollMs: pollMsOf(trigger.arguments) ?? 0 };
      if (trigger.name !== "T.System.Directory.Changed") return [{ ...watch, pattern: path }];
      const folder = path.replace(/(?<=.)\/+$/, "");
      return [{ ...watch, pattern: `${folder}/**`, folder }];
    }),
  );
}
