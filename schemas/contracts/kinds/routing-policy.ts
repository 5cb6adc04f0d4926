import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { labels, pipelineSelector } from "./selector.ts";

const rule = z.strictObject({
  match: pipelineSelector.meta({ description: "The pipelines that the rule is about" }),
  prefer: labels("Labels of agents that come first").optional(),
  require: labels("Labels that an agent must have").optional(),
  avoid: labels("Labels of agents that come last").optional(),
  affinity: z
    .enum(["none", "same-agent", "same-host"])
    .default("none")
    .meta({ description: "Whether executions of one pipeline go where the last one went" }),
  region: z.string().min(1).optional().meta({ description: "The region whose agents come first" }),
  spread: z.string().min(1).optional().meta({ description: "The label over whose values executions are spread" }),
  strategy: z
    .enum(["least-loaded", "round-robin", "hash", "bin-pack"])
    .default("least-loaded")
    .meta({ description: "How one of the agents that are left is chosen" }),
});

const routingPolicySpec = z.strictObject({
  rules: z.array(rule).min(1).meta({ description: "In order: the first rule that matches counts" }),
});
export type RoutingPolicySpec = z.infer<typeof routingPolicySpec>;

export const routingPolicy = declaredKind("RoutingPolicy", routingPolicySpec).meta({
  id: "RoutingPolicy",
  title: "Which agents run which pipelines",
});
