import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { reference } from "./reference.ts";
import { exactlyOne } from "./rules.ts";
import { pipelineSelector } from "./selector.ts";
import { timezone } from "./timezone.ts";

const pipelineConfigSpec = z
  .strictObject({
    pipeline: reference("Pipeline", "The pipeline; else there is a selector").optional(),
    selector: pipelineSelector.optional().meta({ description: "The pipelines; else there is one by its id" }),
    inputs: z
      .record(z.string(), z.json())
      .default({})
      .meta({ description: "Values of inputs that a trigger leaves open" }),
    env: z.record(z.string(), z.string()).default({}).meta({ description: "Environment variables of its processes" }),
    secrets: z
      .record(z.string(), reference("Secret", "The secret"))
      .default({})
      .meta({ description: "Secrets by the names under which the pipeline asks for them" }),
    queue: reference("Queue", "The queue in which executions wait").optional(),
    priority: z.int().optional().meta({ description: "Executions of higher priority go first" }),
    suspend: z.boolean().default(false).meta({ description: "Whether its triggers activate nothing for now" }),
    deploy: z
      .enum(["pin", "drain", "cut"])
      .default("pin")
      .meta({ description: "What becomes of older executions: they keep their plan, end first, or are killed" }),
    timezone: timezone.optional(),
    overlap: z
      .enum(["allow", "skip", "wait", "replace"])
      .default("allow")
      .meta({ description: "What happens when a schedule is due while the last execution still runs" }),
    calendar: reference("Calendar", "When it may run").optional(),
  })
  .superRefine(exactlyOne("pipeline", "selector"));
export type PipelineConfigSpec = z.infer<typeof pipelineConfigSpec>;

export const pipelineConfig = declaredKind("PipelineConfig", pipelineConfigSpec).meta({
  id: "PipelineConfig",
  title: "What pipelines are given besides their own text",
});
