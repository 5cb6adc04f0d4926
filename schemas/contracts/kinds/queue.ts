import { z } from "zod";
import { asNumber, neededBy, notAbove } from "./rules.ts";
import { bytes, count, percent, size } from "./amounts.ts";
import { alertFields } from "./condition.ts";
import { duration } from "./duration.ts";
import { declaredKind, metadata } from "./metadata.ts";
import { queueName, reference } from "./reference.ts";
import { retry } from "./retry.ts";

const key = (description: string) => z.string().min(1).meta({ description });

const concurrency = z
  .strictObject({
    max: count("Executions of the queue that run at once").optional(),
    perPipeline: count("Executions of one pipeline that run at once").optional(),
    perKey: z
      .strictObject({
        key: key("The input whose value is the key"),
        max: count("Executions of one key that run at once"),
      })
      .optional()
      .meta({ description: "Executions that share a key" }),
  })
  .meta({ description: "How many executions run at once" });

const rateLimit = z
  .strictObject({
    limit: count("Executions that start in a period"),
    period: duration("The period").default("1s"),
    key: key("The input whose values are counted apart").optional(),
    burst: count("Starts that may come at once after a quiet time").optional(),
  })
  .meta({ description: "How many executions start in a time" });

const backpressure = z
  .strictObject({
    high: count("Waiting executions at which triggers stop"),
    low: size("Waiting executions at which they go on; half of high where it is absent").optional(),
  })
  .superRefine(notAbove("low", "high", asNumber))
  .meta({ description: "When triggers stop and go on" });

const priority = z
  .strictObject({
    importance: z.int().default(0).meta({ description: "Decides between executions of one priority" }),
    ageing: z
      .strictObject({
        every: duration("How often a waiting execution gains"),
        by: count("By how much it gains").default(1),
        max: count("The most that it gains").optional(),
      })
      .optional()
      .meta({ description: "Lets those that wait long overtake" }),
  })
  .meta({ description: "The order in a queue of the type priority" });

const deadline = z
  .strictObject({
    unmeetable: z.enum(["dead-letter", "reject", "run"]).default("dead-letter").meta({
      description:
        "What happens to an execution that, by what runs of its pipeline took before, cannot end in time: it becomes a dead letter, is refused when it is activated (and a dead letter later), or runs all the same",
    }),
  })
  .meta({ description: "Executions with a deadline" });

const fairShare = z
  .strictObject({
    by: z
      .enum(["namespace", "pipeline", "key"])
      .default("namespace")
      .meta({ description: "Who shares: namespaces, pipelines, or the values of an input" }),
    key: key("The input whose values share, where they share by key").optional(),
    weights: z
      .record(z.string(), z.number().min(0.001).max(1_000))
      .default({})
      .meta({ description: "Weight by name; 1 for all others" }),
  })
  .superRefine(neededBy("key", "by", "key"))
  .meta({ description: "How those who use the queue share it" });

const admission = z
  .strictObject({
    cpuFree: percent("CPU that a host must have free").optional(),
    memoryFree: bytes("Memory that a host must have free").optional(),
    diskFree: bytes("Disk space that a host must have free").optional(),
    gpuFree: percent("GPU that a host must have free").optional(),
  })
  .meta({ description: "What a host must have free before it gets an execution" });

const deadLetter = z
  .strictObject({
    queue: reference("Queue", "The queue that takes them"),
    retention: duration("How long they are kept").default("30d"),
  })
  .meta({ description: "Where executions go whose attempts are used up" });

const queueSpec = z.strictObject({
  type: z
    .enum(["fifo", "lifo", "priority", "deadline"])
    .default("fifo")
    .meta({ description: "The order in which executions leave" }),
  maxSize: count("The most executions that wait").optional(),
  overflow: z
    .enum(["reject", "dead-letter", "drop-oldest"])
    .default("reject")
    .meta({ description: "What happens to an execution when the queue is full" }),
  timeout: duration("The longest that an execution waits for its first start").optional(),
  paused: z.boolean().default(false).meta({ description: "Whether nothing leaves the queue for now" }),
  concurrency: concurrency.optional(),
  rateLimit: rateLimit.optional(),
  throttle: duration("The least time between two starts").optional(),
  backpressure: backpressure.optional(),
  deadline: deadline.optional(),
  priority: priority.optional(),
  fairShare: fairShare.optional(),
  admission: admission.optional(),
  retry: retry.optional(),
  deadLetter: deadLetter.optional(),
  alerts: z.array(z.strictObject(alertFields)).default([]).meta({ description: "Alerts of this queue alone" }),
});
export type QueueSpec = z.infer<typeof queueSpec>;

const named = metadata.extend({
  name: queueName.meta({ description: "A letter, then letters, digits and underscores; at most 63" }),
});

export const queue = declaredKind("Queue", queueSpec)
  .extend({ metadata: named })
  .meta({ id: "Queue", title: "A queue in which executions wait, and what leaves it when" });

/** The alerts of a stored spec; none where they are not of this version. */
export function queueAlerts(spec: unknown): QueueSpec["alerts"] {
  const parsed = queueSpec.shape.alerts.safeParse((spec as { readonly alerts?: unknown } | null)?.alerts);
  return parsed.success ? parsed.data : [];
}
