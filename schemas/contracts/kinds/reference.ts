/** Fields that name another object. The compiler reads from the schemas which they are, and looks whether it exists. */
import { z } from "zod";
import { objectName } from "./metadata.ts";

/** What a field may name. A pipeline is named by its id, all else by its name. */
export type ReferenceTarget = "Queue" | "Connection" | "Secret" | "Notifier" | "Calendar" | "Pipeline";

/** The target of each schema that is a reference. */
export const references = z.registry<{ readonly target: ReferenceTarget }>();

/** Letters, digits and underscores, so that `.pg` can write `#Queue.name`. */
export const queueName = z.string().regex(/^[A-Za-z]\w{0,62}$/, {
  error: ({ input }) => `must be letters, digits and underscores, so that #Queue can have it, got "${String(input)}"`,
});

const pipelineName = z.string().regex(/^[A-Za-z][\w.>-]*#[A-Za-z][\w.]*$/, {
  error: ({ input }) => `must be a pipeline's id such as "com.example>etl#Load", got "${String(input)}"`,
});

const names = { Queue: queueName, Pipeline: pipelineName } as const;

export function reference(target: ReferenceTarget, description: string) {
  const name = target === "Queue" || target === "Pipeline" ? names[target] : objectName;
  return name.meta({ description }).register(references, { target });
}
