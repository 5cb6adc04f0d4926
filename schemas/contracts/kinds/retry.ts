import { z } from "zod";
import { defaults, retryStrategies } from "../states.ts";
import { count, share } from "./amounts.ts";
import { duration, parseDurationSeconds } from "./duration.ts";
import { notAbove } from "./rules.ts";

export const retry = z
  .strictObject({
    maxAttempts: count("Attempts in all, the first one too").default(defaults.maxAttempts),
    strategy: z
      .enum(retryStrategies)
      .default(defaults.retryStrategy)
      .meta({ description: "How the wait grows from attempt to attempt" }),
    base: duration("The wait before the second attempt").default(`${defaults.retryBaseSeconds}s`),
    max: duration("The longest wait between two attempts").default(`${defaults.retryMaxSeconds}s`),
    jitter: share(
      "Share of each wait that is left to chance; without it half of an exponential wait, else none",
    ).optional(),
    on: z
      .array(z.enum(["failed", "killed", "agent-lost"]))
      .min(1)
      .default(["failed", "agent-lost"])
      .meta({
        description: "Ends of an attempt that are tried again; killed: by one of its limits, never by a person",
      }),
    errors: z
      .array(
        z
          .string()
          .regex(/^(?:pg|py|js|rust|cpp)\\!(?:\w+|\w*\*)$/, 'must be a type such as "py\\!ValueError" or "py\\!*"'),
      )
      .min(1)
      .max(100)
      .optional()
      .meta({
        description: "Types of errors that are tried again, a * at the end stands for any; all of them without it",
      }),
  })
  .superRefine(notAbove("base", "max", parseDurationSeconds))
  .meta({ description: "What happens after an attempt that failed" });
