import { z } from "zod";

export const apiVersion = "polyglot.dev/v1";

/** Lower-case letters, digits and hyphens, as in a DNS label, so that a name fits anywhere. */
export const objectName = z
  .string()
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/)
  .meta({ description: "Letters, digits, dots and hyphens; at most 63" });

export const metadata = z.strictObject({
  name: objectName,
  namespace: z.string().optional().meta({ description: "The namespace that it belongs to" }),
  labels: z.record(z.string(), z.string()).optional().meta({ description: "What selectors look at" }),
  annotations: z.record(z.string(), z.string()).optional().meta({ description: "Notes that nothing acts on" }),
});

/** A declared object of one kind: what every kind has around its spec. */
export function declaredKind<Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) {
  return z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec });
}
