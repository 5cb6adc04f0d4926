import { z } from "zod";

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

function timeOfDay(description: string) {
  const error = ({ input }: { input?: unknown }) => `must be a time of day such as "22:30", got "${String(input)}"`;
  return z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error })
    .meta({ description });
}

function date(description: string) {
  const error = ({ input }: { input?: unknown }) => `must be a day such as "2026-12-24", got "${String(input)}"`;
  return z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, { error })
    .meta({ description });
}

/** A part of each of its days. One that ends before it begins goes on into the next day. */
export const window = z.strictObject({
  days: z.array(z.enum(days)).min(1).optional().meta({ description: "Days of the week; all where it is absent" }),
  from: timeOfDay("When it begins").default("00:00"),
  to: timeOfDay("When it ends, itself outside").default("24:00"),
  first: date("The first day on which it counts").optional(),
  last: date("The last day on which it counts").optional(),
});
