import { z } from "zod";
import { typeName } from "./expression.ts";

export const nativeLanguages = ["py", "js", "rust", "cpp"] as const;
export type NativeLanguage = (typeof nativeLanguages)[number];

/** What the compiler read of a native function's parameters and results; absent where it could not see them. */
export const signature = z.strictObject({
  parameters: z.array(
    z.strictObject({
      name: z.string(),
      type: typeName.optional(),
      optional: z.boolean(),
      /** `rest`: takes any further unnamed arguments; `keywords`: any further named ones. */
      collects: z.enum(["rest", "keywords"]).optional(),
      /** Only given by name, as Python has it after `*`. */
      named_only: z.literal(true).optional(),
    }),
  ),
  /** Types of the results in order; absent where their number is not known. */
  results: z.array(typeName).optional(),
});
export type Signature = z.infer<typeof signature>;

/** A function of the user's own code, named by its bundle and never by an absolute path. */
export const nativeTarget = z.strictObject({
  kind: z.literal("native"),
  lang: z.enum(nativeLanguages),
  /** `bundle`: `path` is a file or folder of the bundle; `environment`: a module of the runtime's environment. */
  origin: z.enum(["bundle", "environment"]),
  path: z.string(),
  function: z.string(),
  signature: signature.optional(),
  bundle_digest: z.string(),
});
export type NativeTarget = z.infer<typeof nativeTarget>;

export const target = z.discriminatedUnion("kind", [
  nativeTarget,
  z.strictObject({
    kind: z.literal("library"),
    name: z.string(),
    /** Of a name that runs a pipeline for each item, or for an error: the callee whose body the plan holds. */
    pipeline_id: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal("pipeline"), pipeline_id: z.string() }),
]);
export type Target = z.infer<typeof target>;
