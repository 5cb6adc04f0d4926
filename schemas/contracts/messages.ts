/** The JSON forms of the three messages that programs outside of Polyglot may read or write. Field names are fixed. */
import { z } from "zod";
import { canonicalValue } from "./plan/expression.ts";
import { plan } from "./plan/plan.ts";

const values = z.record(z.string(), canonicalValue);
const timestamp = z.iso.datetime({ offset: true });

export const activationEvent = z
  .strictObject({
    pipeline_id: z.string(),
    trigger_context: z.looseObject({ timestamp }),
    inputs: values,
    dedupe_key: z.string().min(1).max(512),
  })
  .meta({ id: "ActivationEvent", title: "Activation event" });
export type ActivationEventMessage = z.infer<typeof activationEvent>;

export const executionRequest = z
  .strictObject({
    execution_id: z.uuid(),
    attempt_no: z.int().min(1),
    /** Term of the queue's owner that dispatched it: the fencing number beside `attempt_no`. */
    lease: z.int(),
    pipeline_id: z.string(),
    plan_digest: z.string(),
    /** Only while the agent has not reported the digest. */
    execution_plan: plan.optional(),
    inputs: values,
    queue_context: z.strictObject({
      queue: z.string(),
      priority: z.int(),
      retry_count: z.int().min(0),
      enqueued_at: timestamp,
    }),
  })
  .meta({ id: "ExecutionRequest", title: "Execution request" });
export type ExecutionRequestMessage = z.infer<typeof executionRequest>;

const amount = z.number().nonnegative();

export const metricsSample = z
  .strictObject({
    pipeline_id: z.string(),
    execution_id: z.uuid(),
    /** Absent: the whole execution. */
    node_id: z.string().optional(),
    metrics: z.looseObject({
      cpu_time_ms: amount,
      memory_peak_mb: amount,
      duration_ms: amount,
      conversion_overhead_ms: amount,
    }),
    timestamp,
  })
  .meta({ id: "MetricsSample", title: "Metrics sample" });
export type MetricsSampleMessage = z.infer<typeof metricsSample>;
