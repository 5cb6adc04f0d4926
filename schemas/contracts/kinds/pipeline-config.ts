import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { notYet } from "./open-fields.ts";
import { reference } from "./reference.ts";
import { exactlyOne } from "./rules.ts";
import { pipelineSelector } from "./selector.ts";
import { timezone } from "./timezone.ts";
import { environmentVariable } from "./variables.ts";

/** Fields without a default: where one is absent, another PipelineConfig may say it. */
const pipelineConfigSpec = z
  .strictObject({
    pipeline: reference("Pipeline", "The pipeline; else there is a selector").optional(),
    selector: pipelineSelector.optional().meta({ description: "The pipelines; else there is one by its id" }),
    inputs: z
      .record(z.string(), z.json())
      .default({})
      .meta({ description: "Values of inputs that a trigger or a caller leaves open" }),
    env: z
      .record(environmentVariable, z.string())
      .default({})
      .meta({ description: "Environment variables of the processes that run its functions" }),
    secrets: z
      .record(z.string(), reference("Secret", "The secret"))
      .default({})
      .meta({ description: "Secrets by the names under which the pipeline asks for them" }),
    queue: reference("Queue", "The queue in which executions wait").optional(),
    priority: z.int32().optional().meta({ description: "Executions of higher priority go first" }),
    suspend: z
      .boolean()
      .optional()
      .meta({ description: "Whether nothing activates it for now; false where nobody says" }),
    deploy: notYet(z.enum(["pin", "drain", "cut"]), (value) => value !== "pin")
      .optional()
      .meta({
        description:
          "What becomes of older executions: they keep their plan, end first (not acted on yet), or are killed (not acted on yet)",
      }),
    timezone: timezone.optional(),
    overlap: z.enum(["allow", "skip", "wait", "replace"]).optional().meta({
      description:
        "What happens when a schedule is due while the execution of its last time has no outcome yet: another one starts, the time is left out, it waits, or the older execution is cancelled",
    }),
    calendar: reference("Calendar", "A calendar that its schedules keep to").optional(),
  })
  .superRefine(exactlyOne("pipeline", "selector"));
export type PipelineConfigSpec = z.infer<typeof pipelineConfigSpec>;

export const pipelineConfig = declaredKind("PipelineConfig", pipelineConfigSpec).meta({
  id: "PipelineConfig",
  title: "What pipelines are given besides their own text",
});
