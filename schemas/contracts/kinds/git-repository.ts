import { validRange } from "semver";
import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { notYet } from "./open-fields.ts";
import { reference } from "./reference.ts";
import { atMostOne } from "./rules.ts";

/** A branch or a tag as git takes it in a refspec, never an option. */
const refName = (description: string) =>
  z
    .string()
    .regex(/^(?!-)[\w./-]{1,200}$/)
    .meta({ description });

const range = z
  .string()
  .max(200)
  .refine((text) => validRange(text) !== null, {
    error: ({ input }) => `must be a range of versions such as "1.x" or ">=1.2 <2", got "${String(input)}"`,
  });

const verify = z
  .strictObject({
    keysFrom: reference("Secret", "Public keys of those whose signature counts"),
  })
  .meta({ description: "Only commits signed by one of the keys are applied; not acted on yet" });

const gitRepositorySpec = z
  .strictObject({
    url: z.string().meta({ description: "https, ssh or, where the controller's flag allows it, file" }),
    branch: refName("Branch whose newest commit is the desired state; main where no tag or semver is given").optional(),
    tag: refName("Tag whose commit is the desired state").optional(),
    semver: range.meta({ description: "Range of versions: the newest tag in it is the desired state" }).optional(),
    path: z.string().default(".").meta({ description: "Folder of the repository that is reconciled" }),
    intervalSeconds: z.number().min(1).default(30).meta({ description: "Seconds between two looks at the repository" }),
    credentialsFrom: notYet(reference("Secret", "User and password, a token or a key; not acted on yet")).optional(),
    verify: notYet(verify).optional(),
    prune: notYet(
      z.union([z.boolean(), z.literal("confirm")], {
        error: ({ input }) => `must be true, false or "confirm", got ${JSON.stringify(input)}`,
      }),
      (value) => value === "confirm",
    )
      .default(true)
      .meta({
        description:
          "Whether what left the repository is removed; confirm, which waits for a person, is not acted on yet",
      }),
    drift: z
      .enum(["heal", "report"])
      .default("heal")
      .meta({ description: "What happens to objects that others have changed: put back as declared, or only told" }),
    suspend: z.boolean().default(false).meta({ description: "Whether the repository is left alone for now" }),
    ignore: z
      .array(z.string().min(1).max(1_000))
      .max(1_000)
      .default([])
      .meta({ description: "Files below path that are not read, in the patterns of .gitignore" }),
    allowApply: z.boolean().default(false).meta({
      description: "Whether polyglot apply may add to namespaces that the repository declares something in",
    }),
  })
  .superRefine(atMostOne("branch", "tag", "semver"));
export type GitRepositorySpec = z.infer<typeof gitRepositorySpec>;

export const gitRepository = declaredKind("GitRepository", gitRepositorySpec).meta({
  id: "GitRepository",
  title: "A git repository that the controller reconciles",
});
