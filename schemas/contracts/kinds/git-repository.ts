import { validRange } from "semver";
import { z } from "zod";
import { declaredKind } from "./metadata.ts";
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
    keysFrom: reference(
      "Secret",
      "Public keys of those whose signature counts: of ssh, one a line (or lines of allowed_signers), or armoured OpenPGP",
    ),
  })
  .meta({ description: "Only commits signed by one of the keys are applied" });

const webhook = z
  .strictObject({
    provider: z.enum(["github", "gitlab", "hmac", "standard-webhooks"]).meta({ description: "Who signs, and how" }),
    secretFrom: reference("Secret", "What the sender signs with"),
  })
  .meta({ description: "A push that is told at /reconcile/NAME is looked at at once" });

const gitRepositorySpec = z
  .strictObject({
    url: z.string().meta({ description: "https, ssh or, where the controller's flag allows it, file" }),
    branch: refName("Branch whose newest commit is the desired state; main where no tag or semver is given").optional(),
    tag: refName("Tag whose commit is the desired state").optional(),
    semver: range.meta({ description: "Range of versions: the newest tag in it is the desired state" }).optional(),
    path: z.string().default(".").meta({ description: "Folder of the repository that is reconciled" }),
    intervalSeconds: z.number().min(1).default(30).meta({ description: "Seconds between two looks at the repository" }),
    credentialsFrom: reference(
      "Secret",
      "Over https its value is user:password, only the password where the URL names the user, or a token; over ssh a private key",
    ).optional(),
    knownHosts: z
      .array(z.string().regex(/^[\x20-\x7e]{1,4000}$/))
      .min(1)
      .max(100)
      .optional()
      .meta({
        description:
          "Keys of the ssh server, as lines of a known_hosts file; default: those that the controller's user knows",
      }),
    certificates: z
      .string()
      .max(100_000)
      .regex(/^-----BEGIN CERTIFICATE-----/)
      .optional()
      .meta({ description: "Authorities that are trusted for the https server instead of the machine's own, as PEM" }),
    verify: verify.optional(),
    webhook: webhook.optional(),
    prune: z
      .union([z.boolean(), z.literal("confirm")], {
        error: ({ input }) => `must be true, false or "confirm", got ${JSON.stringify(input)}`,
      })
      .default(true)
      .meta({
        description:
          "Whether what left the repository is removed; with confirm it stays until a person has seen the list: polyglot reconcile NAME --confirm-prune HASH",
      }),
    protect: z
      .array(z.string().regex(/^[A-Za-z]+\/\S{1,600}$/))
      .max(1_000)
      .default([])
      .meta({
        description:
          "Objects that stay when they leave the repository, as KIND/NAME of a listing, * for any characters: Queue/*, Pipeline/shop.orders>*",
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
