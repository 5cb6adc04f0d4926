import { z } from "zod";
import { nativeLanguages } from "../plan/target.ts";
import { asNumber, exactlyOne, notAbove } from "./rules.ts";
import { count, size } from "./amounts.ts";
import { declaredKind } from "./metadata.ts";
import { notYet } from "./open-fields.ts";
import { agentSelector } from "./selector.ts";

const runtime = z.strictObject({
  language: z.enum(nativeLanguages).meta({ description: "The language" }),
  version: z.string().min(1).optional().meta({ description: "Its version, such as 3.12; any where it is absent" }),
  warm: size("Processes that stand ready on each agent").default(0),
});

const publish = z
  .strictObject({
    prometheus: z.literal(true).optional().meta({ description: "As a metric of the controller" }),
    keda: z.literal(true).optional().meta({ description: "For a KEDA scaler that asks for it" }),
    webhook: z.url().optional().meta({ description: "Sent to this address when it changes" }),
  })
  .superRefine(exactlyOne("prometheus", "keda", "webhook"))
  .meta({ description: "How the wanted number is told: exactly one of the fields" });

const autoscale = z
  .strictObject({
    queueDepthPerAgent: count("Waiting executions for which one agent is enough"),
    min: size("The fewest agents").default(0),
    max: count("The most agents"),
    publish,
  })
  .superRefine(notAbove("min", "max", asNumber))
  .meta({ description: "How many agents are wanted; not acted on yet" });

const executionerPoolSpec = z.strictObject({
  selector: agentSelector.meta({ description: "The agents of the pool" }),
  runtimes: notYet(z.array(runtime)).default([]).meta({
    description: "Runtimes that its agents must have; not acted on yet",
  }),
  minAgents: notYet(size("Agents below which the pool is reported as degraded; not acted on yet")).default(1),
  drain: z.boolean().default(false).meta({ description: "Whether its agents take nothing new" }),
  autoscale: notYet(autoscale).optional(),
});
export type ExecutionerPoolSpec = z.infer<typeof executionerPoolSpec>;

export const executionerPool = declaredKind("ExecutionerPool", executionerPoolSpec).meta({
  id: "ExecutionerPool",
  title: "Agents that belong together, and what they hold ready",
});
