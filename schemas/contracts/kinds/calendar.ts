import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { notYet } from "./open-fields.ts";
import { timezone } from "./timezone.ts";
import { window } from "./window.ts";

const calendarSpec = z.strictObject({
  timezone: timezone.default("UTC"),
  mode: z
    .enum(["allow", "forbid"])
    .default("allow")
    .meta({ description: "Whether things run within the windows alone, or outside them alone" }),
  windows: z.array(window).min(1).meta({ description: "Parts of days" }),
  covers: notYet(
    z.array(z.enum(["schedules", "deploys", "executions"])).min(1),
    (value) => Array.isArray(value) && value.some((one) => one !== "schedules"),
  )
    .default(["schedules"])
    .meta({ description: "What keeps to it: times of schedules; deploys and executions are not acted on yet" }),
  namespaces: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: "Whole namespaces that keep to it; a PipelineConfig names it for single pipelines" }),
});
export type CalendarSpec = z.infer<typeof calendarSpec>;

export const calendar = declaredKind("Calendar", calendarSpec).meta({
  id: "Calendar",
  title: "When things may run",
});
