import { z } from "zod";
import { canonicalValue } from "./expression.ts";

/** One `[t]`: what to watch, and which of its context fields go to which inputs. */
export interface TriggerRegistration {
  /** Stable over revisions while name and arguments stay the same: the key of schedules and ledgers. */
  key: string;
  /** Canonical name of the standard library, e.g. `T.System.File.Created`. */
  name: string;
  kind: "event" | "condition" | "any";
  /** Literals by parameter name. */
  arguments: Record<string, z.infer<typeof canonicalValue>>;
  bindings: { field: string; input: string }[];
  /** The nested triggers of `T.Any`. */
  any: TriggerRegistration[];
}

export const triggerRegistration: z.ZodType<TriggerRegistration> = z
  .lazy(() =>
    z.strictObject({
      key: z.string(),
      name: z.string(),
      kind: z.enum(["event", "condition", "any"]),
      arguments: z.record(z.string(), canonicalValue),
      bindings: z.array(z.strictObject({ field: z.string(), input: z.string() })),
      any: z.array(triggerRegistration),
    }),
  )
  .meta({ id: "TriggerRegistration" });
