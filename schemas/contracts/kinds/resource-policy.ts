import { z } from "zod";
import { bytes, cores, count, parseBytes, size } from "./amounts.ts";
import { kill } from "./kill.ts";
import { declaredKind } from "./metadata.ts";
import { notYet } from "./open-fields.ts";
import { pipelineSelector } from "./selector.ts";

const resources = z.strictObject({
  cpu: cores("Cores").optional(),
  memory: bytes("Memory").optional(),
  gpu: size("GPUs").optional(),
  disk: bytes("Disk space in the working folder").optional(),
  output: bytes("What it may write to its output streams").optional(),
  processes: count("Processes at once, threads too").optional(),
});
type Resources = z.infer<typeof resources>;

const setAside = resources.extend({
  output: notYet(bytes("Not acted on: nothing is set aside for it")).optional(),
  processes: notYet(count("Not acted on: nothing is set aside for them")).optional(),
});

const limited = resources.extend({ gpu: notYet(size("GPUs; not acted on yet")).optional() });

/** Fields without a default: where one is absent, another policy may say it. */
const resourcePolicySpec = z
  .strictObject({
    selector: pipelineSelector.meta({ description: "The pipelines that it is about" }),
    requests: setAside.optional().meta({ description: "What is set aside for an execution on its host while it runs" }),
    limits: limited.optional().meta({ description: "What an execution may use at most" }),
    kill: kill.optional(),
    learn: z.boolean().optional().meta({
      description: "Whether what runs were seen to take is set aside for the next ones in place of the requests",
    }),
    network: notYet(z.enum(["none", "public", "all"]), (value) => value === "public")
      .optional()
      .meta({
        description:
          "What it may reach: nothing, public addresses (not acted on yet), private ones too; all where nobody says",
      }),
    sandbox: z.enum(["none", "process", "strict"]).optional().meta({
      description:
        "How far an agent must keep an execution apart from its host: as far as it can, in a process tree of its own, or by every layer there is; none where nobody says",
    }),
  })
  .superRefine(requestsWithinLimits);
export type ResourcePolicySpec = z.infer<typeof resourcePolicySpec>;

export const resourcePolicy = declaredKind("ResourcePolicy", resourcePolicySpec).meta({
  id: "ResourcePolicy",
  title: "What executions ask of a host, and what they may use",
});

function requestsWithinLimits(
  { requests, limits: most }: Readonly<{ requests?: Resources | undefined; limits?: Resources | undefined }>,
  context: z.core.$RefinementCtx,
): void {
  for (const [field, requested] of Object.entries(requests ?? {})) {
    const limit = most?.[field as keyof Resources];
    if (limit === undefined || requested === undefined || amount(requested) <= amount(limit)) continue;
    const message = `may not be more than its limit (${limit}), got ${requested}`;
    context.addIssue({ code: "custom", path: ["requests", field], message });
  }
}

const amount = (value: string | number): number => (typeof value === "number" ? value : (parseBytes(value) ?? 0));
