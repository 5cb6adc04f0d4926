import { z } from "zod";
import { bytes, cores, count, parseBytes, size } from "./amounts.ts";
import { kill } from "./kill.ts";
import { declaredKind } from "./metadata.ts";
import { pipelineSelector } from "./selector.ts";

const resources = z.strictObject({
  cpu: cores("Cores").optional(),
  memory: bytes("Memory").optional(),
  gpu: size("GPUs").optional(),
  disk: bytes("Disk space in the working folder").optional(),
  output: bytes("What it may write to its output streams").optional(),
  processes: count("Processes at once").optional(),
});
type Resources = z.infer<typeof resources>;

const resourcePolicySpec = z
  .strictObject({
    selector: pipelineSelector.meta({ description: "The pipelines that it is about" }),
    requests: resources.optional().meta({ description: "What a host must have free for an execution" }),
    limits: resources.optional().meta({ description: "What an execution may use at most" }),
    kill: kill.optional(),
    learn: z.boolean().default(false).meta({ description: "Whether observed peaks correct the requests" }),
    network: z
      .enum(["none", "public", "all"])
      .default("all")
      .meta({ description: "What it may reach: nothing, public addresses, private ones too" }),
    sandbox: z
      .enum(["none", "process", "strict"])
      .default("process")
      .meta({ description: "How far an execution is kept apart from its host" }),
  })
  .superRefine(requestsWithinLimits);
export type ResourcePolicySpec = z.infer<typeof resourcePolicySpec>;

export const resourcePolicy = declaredKind("ResourcePolicy", resourcePolicySpec).meta({
  id: "ResourcePolicy",
  title: "What executions ask of a host, and what they may use",
});

function requestsWithinLimits(
  { requests, limits }: Readonly<{ requests?: Resources | undefined; limits?: Resources | undefined }>,
  context: z.core.$RefinementCtx,
): void {
  for (const [field, requested] of Object.entries(requests ?? {})) {
    const limit = limits?.[field as keyof Resources];
    if (limit === undefined || requested === undefined || amount(requested) <= amount(limit)) continue;
    const message = `may not be more than its limit (${limit}), got ${requested}`;
    context.addIssue({ code: "custom", path: ["requests", field], message });
  }
}

const amount = (value: string | number): number => (typeof value === "number" ? value : (parseBytes(value) ?? 0));
