import { z } from "zod";

const seconds = z.number().nonnegative();

/** What a pipeline's `[Q]` lines say. A field that is absent is decided by `PipelineConfig`, policies and the queue. */
export const queueConfiguration = z.strictObject({
  /** Full name of the queue; `Default` always exists. */
  queue: z.string(),
  priority: z.int().optional(),
  /** Decides between executions of one priority. */
  importance: z.int().optional(),
  /** The longest wait for the first start. */
  timeout_seconds: seconds.optional(),
  /** When executions are to have ended: so long after their activation, or at a time. */
  deadline: z.union([z.strictObject({ after_seconds: seconds }), z.strictObject({ at: z.string() })]).optional(),
  /** Of the pipeline's executions, beside what the queue allows. */
  concurrency: z
    .strictObject({
      max: z.int().min(1).optional(),
      /** Those with one value of an input. */
      per_key: z.strictObject({ input: z.string(), max: z.int().min(1) }).optional(),
    })
    .optional(),
  rate: z.strictObject({ limit: z.int().min(1), period_seconds: seconds }).optional(),
  /** The least time between two starts. */
  throttle_seconds: seconds.optional(),
  retry: z
    .strictObject({
      max_attempts: z.int().min(1).optional(),
      strategy: z.enum(["immediate", "fixed", "linear", "exponential"]).optional(),
      base_seconds: seconds.optional(),
      max_seconds: seconds.optional(),
      jitter: z.number().min(0).max(1).optional(),
    })
    .optional(),
  kill: z
    .strictObject({
      timeout_seconds: seconds.optional(),
      grace_seconds: seconds.optional(),
      strategy: z.enum(["graceful", "immediate", "custom-handler", "degrade"]).optional(),
      /** Of the cores that it may use, over the agent's window. */
      cpu_percent: z.number().min(0).max(100).optional(),
      /** At most one of the two. */
      memory_bytes: z.number().nonnegative().optional(),
      /** Of what the agent lets a worker have, else of its host's memory. */
      memory_percent: z.number().min(0).max(100).optional(),
      /** Id of the pipeline that the strategy custom-handler runs; its body is among the callees. */
      handler: z.string().optional(),
    })
    .optional(),
  /** The queue that keeps executions whose attempts are used up; absent: as their queue says. */
  dead_letter_queue: z.string().optional(),
  /** Endings of run-phase steps are committed, and a later attempt goes on after the last one. */
  checkpoint: z.literal(true).optional(),
});
export type QueueConfiguration = z.infer<typeof queueConfiguration>;
