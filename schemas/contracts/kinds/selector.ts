/** Which pipelines or agents an object is about. */
import { z } from "zod";
import { notYet } from "./open-fields.ts";

/** Labels that something must have, all of them. */
export const labels = (description: string) => z.record(z.string(), z.string()).meta({ description });

const names = (description: string) => z.array(z.string().min(1)).min(1).optional().meta({ description });

export const pipelineSelector = z.strictObject({
  namespaces: names("Namespaces, with all that lies below them"),
  pipelines: names("Ids of pipelines; * stands for any characters"),
  labels: notYet(labels("Labels that a pipeline has; not acted on yet")).optional(),
});
export type PipelineSelector = z.infer<typeof pipelineSelector>;

export const agentSelector = z.strictObject({
  agents: names("Names of agents; * stands for any characters"),
  labels: labels("Labels that an agent has").optional(),
});
