import { z } from "zod";
import { alertMetricNames } from "./alert-metric.ts";
import { duration } from "./duration.ts";
import { reference } from "./reference.ts";
import { exactlyOne } from "./rules.ts";

const comparisons = ["above", "below"] as const;

/** What an alert waits for: one of a metric's value, an execution's outcome, a repository's status. */
export const condition = z
  .strictObject({
    metric: z
      .strictObject({
        name: z.enum(alertMetricNames).meta({ description: "The metric's name" }),
        is: z.enum(comparisons).default("above").meta({ description: "The side on which the value is bad" }),
        value: z.number().meta({ description: "The value that it is compared with" }),
        clear: z
          .number()
          .optional()
          .meta({ description: "The value at which it is over; that of `value` where it is absent" }),
      })
      .superRefine(({ is, value, clear }, context) => {
        if (clear === undefined || (is === "above" ? clear <= value : clear >= value)) return;
        const message = `must be ${is === "above" ? "at most" : "at least"} the value, ${value}, got ${clear}`;
        context.addIssue({ code: "custom", path: ["clear"], message });
      })
      .optional()
      .meta({ description: "A metric's value" }),
    outcome: z.enum(["failed", "killed", "dead_lettered"]).optional().meta({ description: "How an execution ended" }),
    reconcile: z
      .enum(["stalled", "failed"])
      .optional()
      .meta({ description: "What a repository's reconciliation came to" }),
  })
  .superRefine(exactlyOne("metric", "outcome", "reconcile"))
  .meta({ description: "What raises the alert: exactly one of the fields" });

/** When to tell whom; the kind Alert and a queue's own alerts have these fields. */
export const alertFields = {
  when: condition,
  for: duration("How long it has to hold before anyone is told").default("0s"),
  notify: z
    .array(reference("Notifier", "The notifiers that are told"))
    .min(1)
    .meta({ description: "The notifiers that are told" }),
};
