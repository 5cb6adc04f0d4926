import { z } from "zod";
import { declaredKind } from "./metadata.ts";

const gitRepositorySpec = z.strictObject({
  url: z.string().meta({ description: "https, ssh or, where the controller's flag allows it, file" }),
  branch: z
    .string()
    .regex(/^(?!-)[\w./-]{1,200}$/)
    .default("main")
    .meta({ description: "Branch whose newest commit is the desired state" }),
  path: z.string().default(".").meta({ description: "Folder of the repository that is reconciled" }),
  intervalSeconds: z.number().min(1).default(30).meta({ description: "Seconds between two looks at the branch" }),
  prune: z.boolean().default(true).meta({ description: "Whether what left the repository is removed" }),
  suspend: z.boolean().default(false).meta({ description: "Whether the branch is left alone for now" }),
});
export type GitRepositorySpec = z.infer<typeof gitRepositorySpec>;

export const gitRepository = declaredKind("GitRepository", gitRepositorySpec).meta({
  id: "GitRepository",
  title: "A git repository that the controller reconciles",
});
