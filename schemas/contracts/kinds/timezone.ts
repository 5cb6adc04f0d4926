import { z } from "zod";

export const timezone = z
  .string()
  .regex(/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/, {
    error: ({ input }) => `must be a time zone such as "Europe/Berlin", got "${String(input)}"`,
  })
  .meta({ description: "An IANA time zone" });
