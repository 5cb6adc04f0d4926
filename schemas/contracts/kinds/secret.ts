import { z } from "zod";
import { declaredKind } from "./metadata.ts";
import { namespaces } from "./namespaces.ts";
import { exactlyOne } from "./rules.ts";

const secretSpec = z
  .strictObject({
    env: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, "must be the name of an environment variable")
      .optional()
      .meta({
        description:
          "Environment variable of the controller that has the value; its name begins as --secret-env-prefix says",
      }),
    file: z.string().min(1).optional().meta({
      description: "File on the controller's host that has the value, below the folder that --secret-folder names",
    }),
    store: z
      .literal(true)
      .optional()
      .meta({ description: "The value is kept encrypted in the store; `polyglot secret set` writes it" }),
    namespaces: namespaces("Namespaces whose pipelines may have it, with those beneath them; default: all").optional(),
  })
  .superRefine(exactlyOne("env", "file", "store"));
export type SecretSpec = z.infer<typeof secretSpec>;

export const secret = declaredKind("Secret", secretSpec).meta({
  id: "Secret",
  title: "Where a secret's value comes from, and never the value itself",
});
