import { z } from "zod";
import { alertFields } from "./condition.ts";
import { declaredKind } from "./metadata.ts";
import { pipelineSelector } from "./selector.ts";

const alertSpec = z.strictObject({
  selector: pipelineSelector.optional().meta({ description: "The pipelines that it is about; all where it is absent" }),
  ...alertFields,
  severity: z.enum(["info", "warning", "critical"]).default("warning").meta({ description: "How bad it is" }),
  suspend: z.boolean().default(false).meta({ description: "Whether nobody is told for now" }),
});
export type AlertSpec = z.infer<typeof alertSpec>;

export const alert = declaredKind("Alert", alertSpec).meta({
  id: "Alert",
  title: "A condition, and who is told when it holds",
});
